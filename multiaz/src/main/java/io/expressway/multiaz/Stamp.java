package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a content, made up by its writer and stored with it in every zone, because ETags
 * are random per bucket. The greater of two is the newer.
 *
 * <p>A hybrid logical clock: it follows the wall clock, and is greater than every stamp its writer
 * had seen (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014).
 *
 * @param time milliseconds since the epoch, times 65,536, plus a count
 * @param writer random; tells apart what two processes stamped at the same time
 */
record Stamp(long time, long writer) implements Comparable<Stamp> {
  /** The user metadata that holds it. */
  static final String METADATA = "expressway-version";

  private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})");
  private static final Comparator<Stamp> ORDER =
      Comparator.comparingLong(Stamp::time).thenComparingLong(Stamp::writer);

  /** The stamp of what a replica described; absent when others wrote it, and in listings. */
  static Optional<Stamp> of(ObjectInfo raw) {
    String text = raw.metadata().get(METADATA);
    return text == null ? Optional.empty() : parse(text);
  }

  static Optional<Stamp> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Stamp(
                Long.parseUnsignedLong(matcher.group(1), 16),
                Long.parseUnsignedLong(matcher.group(2), 16)))
        : Optional.empty();
  }

  @Override
  public int compareTo(Stamp other) {
    return ORDER.compare(this, other);
  }

  /** As it is stored: sorts as the stamps do. */
  @Override
  public String toString() {
    return hex(time) + "-" + hex(writer);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
