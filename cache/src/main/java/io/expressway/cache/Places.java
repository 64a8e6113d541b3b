package io.expressway.cache;

/**
 * Which of several places a thread counts at, so that threads on different cores write different
 * memory. Threads are numbered as they come, and so are places; a thread that meets another at its
 * place moves to the next one, as those of a {@link java.util.concurrent.atomic.LongAdder} do, so
 * that those that run at the same time part soon.
 *
 * <p>Thread: safe for many. What is known of a thread is lossy on purpose: any place will do.
 */
final class Places {
  private static final int MOST = 16;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** A power of two; more than cores, so that threads seldom meet. */
  static final int COUNT = Math.min(MOST, Integer.highestOneBit(4 * CORES - 1));

  /** On more cores than places nobody finds one that is free. */
  private static final boolean MAY_MOVE = COUNT >= CORES;

  /** By the lowest bits of a thread's number. */
  private static final byte[] PLACES = new byte[1024];

  static {
    for (int i = 0; i < PLACES.length; i++) {
      PLACES[i] = (byte) (i & (COUNT - 1));
    }
  }

  private Places() {}

  /** The calling thread's, below {@link #COUNT}. */
  static int current() {
    return PLACES[thread()];
  }

  /** The calling thread has met another at its place. */
  static void move() {
    if (MAY_MOVE) {
      int thread = thread();
      PLACES[thread] = (byte) ((PLACES[thread] + 1) & (COUNT - 1));
    }
  }

  private static int thread() {
    return (int) Thread.currentThread().getId() & (PLACES.length - 1);
  }
}
