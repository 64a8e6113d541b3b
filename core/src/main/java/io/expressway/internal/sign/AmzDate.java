package io.expressway.internal.sign;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * The time as {@code yyyyMMdd'T'HHmmss'Z'}, formatted anew only when the second changes. Confined
 * to one thread.
 */
final class AmzDate {
  private static final long SECONDS_PER_DAY = 86_400;
  private final byte[] text = "00000000T000000Z".getBytes(StandardCharsets.US_ASCII);
  private long second = Long.MIN_VALUE;
  private long epochDay = Long.MIN_VALUE;
  private String day = "";

  void at(long epochSecond) {
    if (epochSecond == second) {
      return;
    }
    second = epochSecond;
    setDay(Math.floorDiv(epochSecond, SECONDS_PER_DAY));
    int ofDay = (int) Math.floorMod(epochSecond, SECONDS_PER_DAY);
    twoDigits(9, ofDay / 3600);
    twoDigits(11, ofDay / 60 % 60);
    twoDigits(13, ofDay % 60);
  }

  private void setDay(long newDay) {
    if (newDay != epochDay) {
      epochDay = newDay;
      LocalDate date = LocalDate.ofEpochDay(newDay);
      twoDigits(0, date.getYear() / 100);
      twoDigits(2, date.getYear() % 100);
      twoDigits(4, date.getMonthValue());
      twoDigits(6, date.getDayOfMonth());
      day = new String(text, 0, 8, StandardCharsets.US_ASCII);
    }
  }

  private void twoDigits(int at, int number) {
    text[at] = (byte) ('0' + number / 10);
    text[at + 1] = (byte) ('0' + number % 10);
  }

  byte[] text() {
    return text;
  }

  long epochDay() {
    return epochDay;
  }

  String day() {
    return day;
  }
}
