package io.expressway.internal.http;

/** Dates as HTTP writes them, {@code Sun, 06 Nov 1994 08:49:37 GMT} (RFC 9110, 5.6.7). */
final class ImfDate {
  private static final int LENGTH = 29;
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private ImfDate() {}

  /** Seconds since 1970, or -1 when {@code text[from, to)} is no such date. Allocates nothing. */
  static long epochSecond(byte[] text, int from, int to) {
    if (to - from != LENGTH) {
      return -1;
    }
    int month = month(text, from + 8);
    int day = number(text, from + 5, 2);
    int year = number(text, from + 12, 4);
    int hour = number(text, from + 17, 2);
    int minute = number(text, from + 20, 2);
    int second = number(text, from + 23, 2);
    if (month < 0 || (day | year | hour | minute | second) < 0) {
      return -1;
    }
    return epochDay(year, month, day) * 86_400L + hour * 3_600L + minute * 60L + second;
  }

  private static int month(byte[] text, int at) {
    for (int m = 0; m < 12; m++) {
      if (text[at] == MONTHS.charAt(3 * m)
          && text[at + 1] == MONTHS.charAt(3 * m + 1)
          && text[at + 2] == MONTHS.charAt(3 * m + 2)) {
        return m + 1;
      }
    }
    return -1;
  }

  private static int number(byte[] text, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return Integer.MIN_VALUE;
      }
      value = value * 10 + text[i] - '0';
    }
    return value;
  }

  /** Days since 1970, counting years from March so that the leap day comes last. */
  private static long epochDay(int year, int month, int day) {
    long y = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(y, 400);
    long ofEra = y - era * 400;
    long ofYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
  }
}
