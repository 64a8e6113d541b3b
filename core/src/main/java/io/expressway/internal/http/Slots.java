package io.expressway.internal.http;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of small numbers, taken lowest first. Whoever takes a number owns it until it is put back,
 * so a bit says all and no ABA can happen. Lock-free, allocates nothing.
 */
final class Slots {
  private final AtomicLongArray words;

  Slots(int capacity) {
    words = new AtomicLongArray((capacity + 63) / 64);
  }

  /** Takes the lowest number of the set, or -1 when it is empty. */
  int takeLowest() {
    for (int w = 0; w < words.length(); w++) {
      long word = words.get(w);
      while (word != 0) {
        long lowest = Long.lowestOneBit(word);
        if (words.compareAndSet(w, word, word & ~lowest)) {
          return w * 64 + Long.numberOfTrailingZeros(lowest);
        }
        word = words.get(w);
      }
    }
    return -1;
  }

  /** Takes this number; false when the set does not have it. */
  boolean take(int number) {
    int w = number >> 6;
    long bit = 1L << number;
    long word = words.get(w);
    while ((word & bit) != 0) {
      if (words.compareAndSet(w, word, word & ~bit)) {
        return true;
      }
      word = words.get(w);
    }
    return false;
  }

  void put(int number) {
    int w = number >> 6;
    long bit = 1L << number;
    long word = words.get(w);
    while (!words.compareAndSet(w, word, word | bit)) {
      word = words.get(w);
    }
  }
}
