package io.expressway.examples.service;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes as a client asks for it (RFC 9110, 14.1.2).
 *
 * @param first the first byte, -1 for the last so many
 * @param last the last byte, or how many; {@link Long#MAX_VALUE} for the rest
 */
record RangeHeader(long first, long last) {
  private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /** Empty when there is none that a service must honour: several ranges, other units, nonsense. */
  static Optional<RangeHeader> of(String header) {
    Matcher match = ONE.matcher(header);
    if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
      return Optional.empty();
    }
    long first = match.group(1).isEmpty() ? -1 : Long.parseLong(match.group(1));
    long last = match.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(match.group(2));
    return first > last ? Optional.empty() : Optional.of(new RangeHeader(first, last));
  }

  /**
   * Where it begins in an object of {@code size} bytes; {@code size} or more when beyond its end.
   */
  long begin(long size) {
    return first >= 0 ? first : last == 0 ? size : Math.max(0, size - last);
  }

  /** The byte after its last. */
  long end(long size) {
    return first < 0 || last >= size ? size : last + 1;
  }
}
