package io.expressway.internal.http;

/**
 * How long the answer to a part is awaited before the part is sent again: S3 answers most in 0.2 s
 * and about one in a thousand after 5 s, which a second attempt overtakes. The mean of the answers
 * so far and 700 ms, as the AWS CRT client has it ({@code aws-c-s3}, s3_client.c, read on
 * 2026-11-22); twice the margin after each answer that did not come, and slowly back.
 *
 * <p>Thread: safe for many, by its own lock, which is taken twice for a part.
 */
final class PartPatience {
  private static final int FIRST_SAMPLES = 16;
  private static final double SHARE = 0.05;
  private static final double MARGIN_NANOS = 700e6;
  private static final double RECOVERY = 0.99;

  private final long mostNanos;
  private int samples;
  private double meanNanos;
  private double marginNanos = MARGIN_NANOS;

  /** Never waits longer than {@code mostNanos}, and as long as that before it knows anything. */
  PartPatience(long mostNanos) {
    this.mostNanos = mostNanos;
  }

  synchronized long nanos() {
    return samples < FIRST_SAMPLES
        ? mostNanos
        : Math.min(mostNanos, (long) (meanNanos + marginNanos));
  }

  /** An answer came this long after its part was sent. */
  synchronized void answered(long nanos) {
    double share = samples < FIRST_SAMPLES ? 1.0 / (samples + 1) : SHARE;
    samples = Math.min(FIRST_SAMPLES, samples + 1);
    meanNanos += share * ((double) nanos - meanNanos);
    marginNanos = Math.max(MARGIN_NANOS, marginNanos * RECOVERY);
  }

  /** A part had to be sent again. */
  synchronized void sentAgain() {
    marginNanos = Math.min((double) mostNanos, marginNanos * 2);
  }
}
