package io.expressway.cache;

import java.time.Duration;

/**
 * How long what is known of an object is believed without asking the bucket. Bytes are never mixed
 * whatever is chosen: this decides only how old they may be. Own writes through the same {@code
 * BlockCache} are seen at once. Immutable.
 */
public final class Freshness {
  private static final Freshness IMMUTABLE = new Freshness(Long.MAX_VALUE);
  private static final Freshness ALWAYS = new Freshness(0);

  private final long nanos;

  private Freshness(long nanos) {
    this.nanos = nanos;
  }

  /** Objects never change once written: a hit asks nothing, ever. */
  public static Freshness immutable() {
    return IMMUTABLE;
  }

  /**
   * What was asked less than {@code age} ago is believed; older, one request without a body tells
   * whether the cached bytes still hold.
   */
  public static Freshness within(Duration age) {
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException(
          "an age must be positive, but is " + age + "; use Freshness.always() to ask every time");
    }
    long nanos = age.compareTo(Duration.ofDays(365)) > 0 ? Long.MAX_VALUE : age.toNanos();
    return new Freshness(nanos);
  }

  /**
   * Every read asks, and what it brings was there after it began: one round trip without a body for
   * what is cached, none in addition for what is not.
   */
  public static Freshness always() {
    return ALWAYS;
  }

  /** Whether the age does not matter, so that no clock need be read. */
  boolean isImmutable() {
    return nanos == Long.MAX_VALUE;
  }

  /** Whether what was asked at {@code asked} holds for a read that began at {@code began}. */
  boolean holds(long asked, long began) {
    return isImmutable() || began - asked <= nanos - (nanos == 0 ? 0 : 1);
  }

  @Override
  public String toString() {
    return isImmutable()
        ? "immutable"
        : nanos == 0 ? "always" : "within " + Duration.ofNanos(nanos);
  }
}
