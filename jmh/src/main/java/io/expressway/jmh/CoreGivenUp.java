package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How often one thread gave up its core by itself: blocked on a lock, parked or waited for input. A
 * thread that was only pushed off its core does not count, which tells a call that kept its caller
 * from one that ran while the machine was busy. Linux tells it (proc(5), {@code
 * voluntary_ctxt_switches}, read on 2026-11-23). Made, used and closed by the thread it is about.
 */
final class CoreGivenUp implements AutoCloseable {
  private static final byte[] FIELD =
      "\nvoluntary_ctxt_switches:\t".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable FileChannel status;
  private final ByteBuffer text = ByteBuffer.allocateDirect(4 << 10);

  CoreGivenUp() {
    status = open();
  }

  private static @Nullable FileChannel open() {
    try {
      return FileChannel.open(Path.of("/proc/thread-self/status"));
    } catch (IOException e) {
      return null; // no Linux
    }
  }

  /** The count so far; negative where the system does not tell. */
  long times() {
    if (status == null) {
      return -1;
    }
    try {
      status.read(text.clear(), 0);
    } catch (IOException e) {
      return -1;
    }
    return parse(text.flip());
  }

  private static long parse(ByteBuffer text) {
    for (int at = 0; at + FIELD.length < text.limit(); at++) {
      if (isAt(text, at)) {
        long count = 0;
        for (int i = at + FIELD.length; i < text.limit() && text.get(i) != '\n'; i++) {
          count = 10 * count + text.get(i) - '0';
        }
        return count;
      }
    }
    return -1;
  }

  private static boolean isAt(ByteBuffer text, int at) {
    for (int i = 0; i < FIELD.length; i++) {
      if (text.get(at + i) != FIELD[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (status != null) {
      status.close();
    }
  }
}
