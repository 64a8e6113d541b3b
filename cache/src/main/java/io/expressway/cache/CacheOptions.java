package io.expressway.cache;

import java.time.Duration;

/**
 * How one bucket is read through a cache. Immutable: every method gives a changed copy.
 *
 * @param freshness how long what is known of an object is believed; a minute unless set, which is
 *     what Mountpoint for Amazon S3 believes metadata for when it caches (Mountpoint CONFIGURATION,
 *     "Metadata cache", read on 2026-11-23)
 * @param absence how long it is believed that an object is not there; a second unless set, so that
 *     a program waiting for an object is not kept waiting; zero to ask every time
 * @param change what becomes of a read whose object changes under it; repeated unless set
 * @param gapBytes how far apart missing bytes may lie and still share a request; 400 KiB unless
 *     set: 5 ms to a first byte at 80 MB/s a connection (S3 User Guide, "Performance design
 *     patterns", read on 2026-11-22)
 * @param requestBytes the most one request asks for; 8 MiB unless set, as the same page advises, so
 *     that large reads spread over connections
 */
public record CacheOptions(
    Freshness freshness, Duration absence, Change change, int gapBytes, int requestBytes) {
  private static final CacheOptions DEFAULTS =
      new CacheOptions(
          Freshness.within(Duration.ofMinutes(1)),
          Duration.ofSeconds(1),
          Change.REPEAT,
          400 << 10,
          8 << 20);

  /** What becomes of a read whose object turns out to have changed. */
  public enum Change {
    /** It begins again with the new content, a few times at most. */
    REPEAT,
    /** It fails with {@code PreconditionFailedException}; the next read has the new content. */
    FAIL
  }

  /** Checks each value. */
  public CacheOptions {
    if (absence.isNegative()) {
      throw new IllegalArgumentException("absence must not be negative, but is " + absence);
    }
    if (gapBytes < 0) {
      throw new IllegalArgumentException("gapBytes must not be negative, but is " + gapBytes);
    }
    if (requestBytes < 64 << 10) {
      throw new IllegalArgumentException(
          "requestBytes must be at least 64 KiB, but is " + requestBytes);
    }
  }

  /** Every value at its default. */
  public static CacheOptions defaults() {
    return DEFAULTS;
  }

  /** Believes what is known of objects as long as {@code how} says. */
  public CacheOptions freshness(Freshness how) {
    return new CacheOptions(how, absence, change, gapBytes, requestBytes);
  }

  /** Believes that an object is not there for {@code age}. */
  public CacheOptions absence(Duration age) {
    return new CacheOptions(freshness, age, change, gapBytes, requestBytes);
  }

  /** Treats reads of objects that change as {@code how} says. */
  public CacheOptions change(Change how) {
    return new CacheOptions(freshness, absence, how, gapBytes, requestBytes);
  }

  /** Lets missing bytes up to {@code bytes} apart share a request. */
  public CacheOptions gapBytes(int bytes) {
    return new CacheOptions(freshness, absence, change, bytes, requestBytes);
  }

  /** Asks for at most {@code bytes} in one request. */
  public CacheOptions requestBytes(int bytes) {
    return new CacheOptions(freshness, absence, change, gapBytes, bytes);
  }
}
