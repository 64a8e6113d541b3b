package io.expressway.testkit;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a zone takes to answer, and how fast a connection carries a body. Immutable; each zone
 * draws from its own random source, seeded, so that a run can be repeated. Draws are even: of every
 * hundred of a zone's answers one is among the slowest hundredth, one among the next, and so on, in
 * random order. Delays are event loop timers: no thread sleeps.
 */
public final class LatencyProfile {
  private static final LatencyProfile NONE = new LatencyProfile(0, 0, 0, 0, 0, 0, 0, 1);

  private final double medianNanos;
  private final double sigma;
  private final double stragglers;
  private final long stragglerMinNanos;
  private final long stragglerMaxNanos;
  private final long bytesPerSecond;
  private final long createSessionNanos;
  private final long seed;

  private LatencyProfile(
      double medianNanos,
      double sigma,
      double stragglers,
      long stragglerMinNanos,
      long stragglerMaxNanos,
      long bytesPerSecond,
      long createSessionNanos,
      long seed) {
    this.medianNanos = medianNanos;
    this.sigma = sigma;
    this.stragglers = stragglers;
    this.stragglerMinNanos = stragglerMinNanos;
    this.stragglerMaxNanos = stragglerMaxNanos;
    this.bytesPerSecond = bytesPerSecond;
    this.createSessionNanos = createSessionNanos;
    this.seed = seed;
  }

  /** Answers as fast as the machine does. */
  public static LatencyProfile none() {
    return NONE;
  }

  /** The same delay before the first byte of every answer, CreateSession included. */
  public static LatencyProfile fixed(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("fixed: delay must not be negative, but is " + delay);
    }
    long nanos = delay.toNanos();
    return new LatencyProfile(nanos, 0, 0, 0, 0, 0, nanos, 1);
  }

  /**
   * A model of S3 Express One Zone as seen from the same Availability Zone.
   *
   * <ul>
   *   <li>first byte: lognormal, median 4.5 ms and 95th percentile 6 ms. Assumption, fitted to
   *       "consistent single-digit millisecond" (Amazon S3 User Guide, "Optimizing directory bucket
   *       performance") and to the 6.3 ms mean that Mountpoint's public CI measures through FUSE
   *       (both read on 2026-11-22);
   *   <li>stragglers: 1 % of requests take 20 to 100 ms, uniformly. Assumption: no table of tail
   *       latencies is published;
   *   <li>rate: 80 MB/s per connection. Assumption, within the 50 to 95 MB/s per stream that public
   *       measurements show;
   *   <li>CreateSession: 20 ms. Assumption.
   * </ul>
   */
  public static LatencyProfile express() {
    return new LatencyProfile(
        4.5e6, sigma(4.5e6, 6e6), 0.01, 20_000_000L, 100_000_000L, 80_000_000L, 20_000_000L, 1);
  }

  /**
   * A model of S3 Standard, to hold {@link #express} against.
   *
   * <ul>
   *   <li>first byte: lognormal, median 27 ms and 95th percentile 75 ms, which a million GETs of 1
   *       KiB in us-east-1 took (Bodner et al., arXiv 2501.07771, 2025; read on 2026-11-22). Other
   *       measurements have 26 ms at the median and 39 to 40 ms at p90 or p95;
   *   <li>no stragglers beyond: the lognormal's own tail reaches 115 ms at p99. Assumption; answers
   *       of more than 10 s are told of;
   *   <li>rate: 82 MiB/s per connection (napkin-math, pull request 39, 2026-06). CreateSession,
   *       which it does not have, 20 ms.
   * </ul>
   */
  public static LatencyProfile standard() {
    return new LatencyProfile(27e6, sigma(27e6, 75e6), 0, 0, 0, 82L << 20, 20_000_000L, 1);
  }

  private static double sigma(double median, double p95) {
    double standardNormalP95 = 1.6448536269514722;
    return Math.log(p95 / median) / standardNormalP95;
  }

  /** The same profile with other random draws; the default seed is 1. */
  public LatencyProfile seed(long newSeed) {
    return new LatencyProfile(
        medianNanos,
        sigma,
        stragglers,
        stragglerMinNanos,
        stragglerMaxNanos,
        bytesPerSecond,
        createSessionNanos,
        newSeed);
  }

  /** The same profile with another share of stragglers, uniform between two durations. */
  public LatencyProfile stragglers(double share, Duration from, Duration to) {
    if (!(share >= 0 && share <= 1) || from.isNegative() || from.compareTo(to) > 0) {
      throw new IllegalArgumentException(
          "stragglers: share must be within [0, 1], from not negative and not above to, but got "
              + share
              + ", "
              + from
              + ", "
              + to);
    }
    return new LatencyProfile(
        medianNanos,
        sigma,
        share,
        from.toNanos(),
        to.toNanos(),
        bytesPerSecond,
        createSessionNanos,
        seed);
  }

  /** The same profile with another rate per connection; 0 is unlimited. */
  public LatencyProfile rate(long newBytesPerSecond) {
    if (newBytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "rate: bytes per second must not be negative, but is " + newBytesPerSecond);
    }
    return new LatencyProfile(
        medianNanos,
        sigma,
        stragglers,
        stragglerMinNanos,
        stragglerMaxNanos,
        newBytesPerSecond,
        createSessionNanos,
        seed);
  }

  /** Bytes per second of one connection, 0 when unlimited. */
  long bytesPerSecond() {
    return bytesPerSecond;
  }

  /** What one zone's answers are drawn from. */
  EvenDraws drawsFor(String zone) {
    return new EvenDraws(seed * 31 + zone.hashCode());
  }

  /** Draws the delay before the first byte of one answer. */
  long firstByteNanos(Operation operation, EvenDraws draws) {
    if (operation == Operation.CREATE_SESSION) {
      return createSessionNanos;
    }
    if (medianNanos == 0) {
      return 0;
    }
    double punctual = 1 - stragglers;
    double drawn = draws.next();
    if (drawn >= punctual) {
      double late = (drawn - punctual) / stragglers;
      return stragglerMinNanos + (long) (late * (stragglerMaxNanos - stragglerMinNanos));
    }
    return (long) (medianNanos * Math.exp(sigma * NormalQuantile.at(drawn / punctual)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatencyProfile that
        && medianNanos == that.medianNanos
        && sigma == that.sigma
        && stragglers == that.stragglers
        && stragglerMinNanos == that.stragglerMinNanos
        && stragglerMaxNanos == that.stragglerMaxNanos
        && bytesPerSecond == that.bytesPerSecond
        && createSessionNanos == that.createSessionNanos
        && seed == that.seed;
  }

  @Override
  public int hashCode() {
    return Objects.hash(medianNanos, sigma, stragglers, bytesPerSecond, createSessionNanos, seed);
  }
}
