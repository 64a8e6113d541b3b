package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How often the calling thread gave up its core by itself: blocked on a lock, parked or waited for
 * input. A thread that was only pushed off its core does not count, which tells a call that kept
 * its caller from one that ran while the machine was busy. Linux tells it (proc(5), {@code
 * voluntary_ctxt_switches}, read on 2026-11-23).
 */
final class CoreGivenUp {
  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final String FIELD = "voluntary_ctxt_switches:";

  private CoreGivenUp() {}

  /** The count of this thread so far; negative where the system does not tell. */
  static long times() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(FIELD))
          .mapToLong(line -> Long.parseLong(line.substring(FIELD.length()).strip()))
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }
}
