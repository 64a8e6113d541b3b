package io.expressway.testkit;

import org.jspecify.annotations.Nullable;

/**
 * How an answer goes out: when, how fast, and where it is cut.
 *
 * @param delayNanos before the head
 * @param bytesPerSecond of the body, 0 when unlimited
 * @param trickleBytes of the body per interval, 0 for none
 * @param trickleNanos the interval
 * @param cutAfterBytes body bytes to send before the cut; -1 cuts before the head
 * @param cut what happens there, null for none
 * @param closeAfter whether the connection is closed after the body
 */
record Delivery(
    long delayNanos,
    long bytesPerSecond,
    long trickleBytes,
    long trickleNanos,
    long cutAfterBytes,
    @Nullable Cut cut,
    boolean closeAfter) {

  /** The ways an answer ends early. */
  enum Cut {
    RESET,
    FIN,
    STALL
  }

  static Delivery of(long delayNanos, long bytesPerSecond, @Nullable Fault fault) {
    Delivery plain = new Delivery(delayNanos, bytesPerSecond, 0, 0, 0, null, false);
    return fault == null ? plain : plain.under(fault);
  }

  private Delivery under(Fault fault) {
    return switch (fault.kind()) {
      case RESET_BEFORE_HEAD -> cut(-1, Cut.RESET);
      case STALL_BEFORE_HEAD, BLACK_HOLE -> cut(-1, Cut.STALL);
      case RESET_AFTER_BODY_BYTES -> cut(fault.amount(), Cut.RESET);
      case TRUNCATE -> cut(fault.amount(), Cut.FIN);
      case STALL_AFTER_BODY_BYTES -> cut(fault.amount(), Cut.STALL);
      case TRICKLE ->
          new Delivery(
              delayNanos,
              bytesPerSecond,
              fault.amount(),
              fault.duration().toNanos(),
              0,
              null,
              false);
      case DELAY ->
          new Delivery(
              delayNanos + fault.duration().toNanos(), bytesPerSecond, 0, 0, 0, null, false);
      case CLOSE_AFTER_RESPONSE, CONNECTION_CLOSE, WRONG_CONTENT_LENGTH ->
          new Delivery(delayNanos, bytesPerSecond, 0, 0, 0, null, true);
      default -> this;
    };
  }

  private Delivery cut(long afterBytes, Cut how) {
    return new Delivery(delayNanos, bytesPerSecond, 0, 0, afterBytes, how, false);
  }

  Delivery closing() {
    return new Delivery(
        delayNanos, bytesPerSecond, trickleBytes, trickleNanos, cutAfterBytes, cut, true);
  }

  /** True when head and body can go out in one write, now. */
  boolean immediate() {
    return delayNanos == 0 && bytesPerSecond == 0 && trickleBytes == 0 && cut == null;
  }

  boolean withoutAnswer() {
    return cut != null && cutAfterBytes < 0;
  }
}
