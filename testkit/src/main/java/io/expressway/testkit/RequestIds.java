package io.expressway.testkit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes {@code x-amz-request-id} (forty hex digits on S3 Express) and {@code x-amz-id-2} (short).
 * Safe for many threads; every id is different.
 */
final class RequestIds {
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final char[] BASE62 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".toCharArray();

  private final AtomicLong next;

  RequestIds(long seed) {
    this.next = new AtomicLong(seed);
  }

  String requestId() {
    long n = next.incrementAndGet();
    char[] out = new char[40];
    hex(out, 0, 0x0033eada6b00018dL);
    hex(out, 16, mixed(n));
    hex(out, 24, mixed(n + 0x5555555555555555L));
    return new String(out);
  }

  static String hostId(String requestId) {
    char[] out = new char[8];
    long bits = mixed(requestId.hashCode());
    for (int i = 0; i < out.length; i++) {
      out[i] = BASE62[(int) ((bits >>> (i * 7) & 0x7f) % BASE62.length)];
    }
    return new String(out);
  }

  private static void hex(char[] out, int at, long bits) {
    for (int i = 0; i < 16; i++) {
      out[at + i] = HEX[(int) (bits >>> (60 - 4 * i)) & 15];
    }
  }

  /** The finalizer of SplitMix64: a bijection, so different inputs stay different. */
  private static long mixed(long n) {
    long z = n * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
