package io.expressway.spark;

import io.expressway.BucketName;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a setting's text is read, and written so that equal values have equal texts. */
interface Form {
  Pattern QUANTITY = Pattern.compile("([0-9]+)\\s*([a-zA-Z]*)");
  Map<String, Long> BYTES_OF =
      Map.of("", 1L, "b", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);
  Map<String, Long> MILLIS_OF =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  /**
   * The same value, as it is kept.
   *
   * @throws IllegalArgumentException saying what the text should look like
   */
  String canonical(String text);

  /** Any text that is not empty. */
  static String text(String text) {
    return require(!text.isEmpty(), text, "some text");
  }

  /** A whole number. */
  static String count(String text) {
    require(text.matches("[0-9]{1,9}"), text, "a whole number");
    return Integer.toString(Integer.parseInt(text));
  }

  /** A share: 0 to 1. */
  static String share(String text) {
    require(text.matches("[01](\\.[0-9]{1,9})?"), text, "a share such as 0.05");
    return Double.toString(Double.parseDouble(text));
  }

  /** Bytes, as Spark writes them: {@code 512m}, {@code 8g}. */
  static String bytes(String text) {
    return quantity(text, BYTES_OF, "a size such as 512m or 8g");
  }

  /** A time, as Spark writes it: {@code 500ms}, {@code 5s}; kept in milliseconds. */
  static String time(String text) {
    return quantity(text, MILLIS_OF, "a time such as 500ms or 5s") + "ms";
  }

  private static String quantity(String text, Map<String, Long> units, String wanted) {
    Matcher parts = QUANTITY.matcher(text);
    require(parts.matches() && parts.group(1).length() < 18, text, wanted);
    String unit = parts.group(2).toLowerCase(Locale.ROOT);
    Long factor = units.get(unit.matches("[kmgt]i?b") ? unit.substring(0, 1) : unit);
    require(factor != null, text, wanted);
    try {
      return Long.toString(
          Math.multiplyExact(Long.parseLong(parts.group(1)), factor == null ? 1 : factor));
    } catch (ArithmeticException e) {
      throw refused(text, wanted);
    }
  }

  /** One of some words. */
  static Form oneOf(String... words) {
    List<String> all = Arrays.asList(words);
    return text -> require(all.contains(text), text, "one of " + String.join(", ", all));
  }

  /** How long what is cached is believed. */
  static String freshness(String text) {
    return text.equals("immutable") || text.equals("always") ? text : time(text);
  }

  /** {@code own}, or an Availability Zone ID. */
  static String zone(String text) {
    require(
        text.equals("own") || text.matches("[a-z0-9]+(-[a-z0-9]+)*-az[0-9]+"),
        text,
        "own, or an Availability Zone ID such as usw2-az1");
    return text;
  }

  /** Where to connect instead of AWS; never with a user or a password. */
  static String endpoint(String text) {
    String wanted = "scheme://host[:port]";
    URI address;
    try {
      address = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be " + wanted); // the text may hold a password
    }
    if (address.getRawUserInfo() != null || address.getHost() == null) {
      throw new IllegalArgumentException("must be " + wanted + ", without user and password");
    }
    return address.toString();
  }

  /** Names of buckets, the primary first. */
  static String buckets(String text) {
    List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    require(names.stream().noneMatch(String::isEmpty), text, "bucket names with commas between");
    return names.stream()
        .map(name -> BucketName.parse(name).toString())
        .collect(Collectors.joining(","));
  }

  /** {@code default}, {@code environment}, or the name of a class. */
  static String credentials(String text) {
    String part = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
    boolean named = text.matches(part + "(\\." + part + ")+");
    if (!named && !text.equals("default") && !text.equals("environment")) {
      // Not repeated: someone may have put a key here.
      throw new IllegalArgumentException(
          "must be default, environment or the name of a class, and never a key");
    }
    return text;
  }

  private static String require(boolean holds, String text, String wanted) {
    if (!holds) {
      throw refused(text, wanted);
    }
    return text;
  }

  private static IllegalArgumentException refused(String text, String wanted) {
    return new IllegalArgumentException("must be " + wanted + ", but is \"" + text + "\"");
  }

  /** What {@link #time} wrote. */
  static Duration duration(String canonical) {
    return Duration.ofMillis(Long.parseLong(canonical.substring(0, canonical.length() - 2)));
  }
}
