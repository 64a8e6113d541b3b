package io.expressway.jmh;

import io.expressway.PriceTable;
import java.util.Locale;

/**
 * What is measured on a bucket of AWS, and what it takes: requests and bytes of a run without
 * retries, all clients together.
 */
enum BucketPhase {
  SESSION("sessions that nobody waits for"),
  READ("reads of three sizes, in parallel ranges, and many at once"),
  WRITE("objects in one piece and in parts, appends, renames"),
  FAILOVER("a primary that falls silent");

  static final int[] SIZES = {4 << 10, 64 << 10, 1 << 20};
  static final int READS = 200;
  static final int WARM_READS = 20;
  static final int READERS = 3;
  static final int PARALLEL_READS = 20;
  static final int RANGES = 16;
  static final int RANGE_BYTES = 512 << 10;
  static final int AT_ONCE = 64;
  static final int READS_AT_ONCE = 2_000;
  static final int PUTS = 50;
  static final int PUT_BYTES = 64 << 10;
  static final int UPLOADS = 2;
  static final int UPLOAD_BYTES = 64 << 20;
  static final int PART_BYTES = 8 << 20;
  static final int APPENDS = 10;
  static final int RENAMES = 10;
  static final int FAILOVER_RATE = 50;
  static final int FAILOVER_SECONDS = 12;
  static final int FIRST_SESSIONS = 10;
  static final int SESSION_RATE = 10;
  static final int OBJECT_BYTES = 8 << 20;

  /** Each makes a session, and some another one in another zone. */
  private static final int CLIENTS = 6;

  private static final int PARTS = UPLOAD_BYTES / PART_BYTES;

  /** Begin and end. */
  private static final int AROUND_PARTS = 2;

  private static final double MOST_HEDGED = 1.1;

  private final String title;

  BucketPhase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  String typed() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BucketPhase named(String name) {
    for (BucketPhase phase : values()) {
      if (phase.typed().equals(name)) {
        return phase;
      }
    }
    throw new IllegalArgumentException(
        "no claim \"" + name + "\" for a bucket: there are session, read, write and failover");
  }

  /** GETs and CreateSessions. */
  long readRequests(double minutes) {
    return CLIENTS + reads(minutes);
  }

  private long reads(double minutes) {
    return switch (this) {
      case SESSION -> 2L * FIRST_SESSIONS + 1 + Math.round(SESSION_RATE * 60 * minutes);
      case READ ->
          (long) READERS * SIZES.length * (READS + WARM_READS)
              + (long) PARALLEL_READS * RANGES
              + 2L * READS_AT_ONCE;
      case WRITE -> 0;
      case FAILOVER -> Math.round(MOST_HEDGED * FAILOVER_RATE * FAILOVER_SECONDS);
    };
  }

  /** PUTs and what is priced as they are; each phase stores its object first. */
  long writeRequests() {
    return switch (this) {
      case SESSION, READ -> 1;
      case WRITE ->
          2L * (PUTS + WARM_READS) + 2L * UPLOADS * (PARTS + AROUND_PARTS) + 1 + APPENDS + RENAMES;
      case FAILOVER -> 3;
    };
  }

  long retrievedBytes(double minutes) {
    return switch (this) {
      case SESSION, FAILOVER -> readRequests(minutes) * PUT_BYTES;
      case READ -> {
        long bytes = (long) PARALLEL_READS * RANGES * RANGE_BYTES + 2L * READS_AT_ONCE * SIZES[0];
        for (int size : SIZES) {
          bytes += (long) READERS * (READS + WARM_READS) * size;
        }
        yield bytes;
      }
      case WRITE -> 0;
    };
  }

  long uploadedBytes() {
    return switch (this) {
      case SESSION, READ -> OBJECT_BYTES;
      case WRITE ->
          2L * (PUTS + WARM_READS) * PUT_BYTES
              + 2L * UPLOADS * UPLOAD_BYTES
              + (long) (1 + APPENDS) * PUT_BYTES;
      case FAILOVER -> 3L * OBJECT_BYTES;
    };
  }

  double dollars(double minutes) {
    return PriceTable.usEast1()
        .of(readRequests(minutes), writeRequests(), retrievedBytes(minutes), uploadedBytes());
  }
}
