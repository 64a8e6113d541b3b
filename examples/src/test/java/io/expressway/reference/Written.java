package io.expressway.reference;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Values as the documents write them. */
final class Written {
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Written() {}

  static String value(Object value, boolean bytes) {
    if (value instanceof Duration duration) {
      return duration(duration);
    }
    if (value instanceof Double share) {
      return share.toString();
    }
    if (value instanceof Number number) {
      return number(number.longValue(), bytes);
    }
    if (value instanceof Optional<?> || value instanceof OptionalLong) {
      return "none";
    }
    if (value.getClass().getSimpleName().endsWith("Options")) {
      return "its defaults";
    }
    if (value.equals(List.of()) || value.equals(Map.of())) {
      return "none";
    }
    String text = value.toString();
    return text.contains("$$Lambda") || text.contains("@")
        ? "nobody"
        : value instanceof Enum<?> ? "`" + text + "`" : text;
  }

  static String number(long value, boolean bytes) {
    if (!bytes || value == 0) {
      return String.format(Locale.ROOT, "%,d", value);
    }
    if (value % 1_000_000_000_000L == 0) {
      return value / 1_000_000_000_000L + " TB";
    }
    int unit = 0;
    long left = value;
    while (left % 1024 == 0 && unit < BYTES.length - 1) {
      left /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%,d %s", left, BYTES[unit]);
  }

  static String duration(Duration value) {
    long nanos = value.toNanos();
    if (nanos == 0) {
      return "0";
    }
    if (nanos % 3_600_000_000_000L == 0) {
      return value.toHours() + " h";
    }
    if (nanos % 60_000_000_000L == 0) {
      return value.toMinutes() + " min";
    }
    if (nanos % 1_000_000_000L == 0) {
      return value.toSeconds() + " s";
    }
    return nanos % 1_000_000L == 0 ? value.toMillis() + " ms" : nanos + " ns";
  }
}
