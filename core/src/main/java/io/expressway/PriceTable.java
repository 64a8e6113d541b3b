package io.expressway;

import java.time.LocalDate;

/**
 * What the service charges for requests and bytes, in US dollars. Storage is left out: it is not
 * known here. Every request that was sent counts, answered or not, so that a bill is lower rather
 * than higher. Immutable.
 *
 * @param region where these prices hold
 * @param since the day from which they hold
 * @param readOn the day on which they were read; look them up again when that was long ago
 * @param readRequest one GET, HEAD or CreateSession
 * @param writeRequest one PUT, COPY, POST, LIST or rename
 * @param retrievedGb 2^30 bytes of objects read
 * @param uploadedGb 2^30 bytes of objects written
 */
public record PriceTable(
    String region,
    LocalDate since,
    LocalDate readOn,
    double readRequest,
    double writeRequest,
    double retrievedGb,
    double uploadedGb) {
  private static final double GB = 1 << 30;

  // S3 FAQ, and "Up to 85% price reductions for Amazon S3 Express One Zone", AWS News Blog.
  private static final PriceTable US_EAST_1 =
      new PriceTable(
          "us-east-1",
          LocalDate.of(2025, 4, 10),
          LocalDate.of(2026, 11, 23),
          0.00003 / 1_000,
          0.00113 / 1_000,
          0.0006,
          0.0032);

  private enum Charge {
    READ,
    WRITE,
    FREE
  }

  /**
   * S3 Express One Zone in us-east-1 (S3 FAQ and AWS News Blog, "Up to 85% price reductions for
   * Amazon S3 Express One Zone", read on 2026-11-23). For another Region, make a table of your own.
   */
  public static PriceTable usEast1() {
    return US_EAST_1;
  }

  /** What a bucket's requests and their bytes cost. Deleting is free. */
  public double of(BucketStats stats) {
    long reads = 0;
    long writes = 0;
    for (var entry : stats.requests().entrySet()) {
      long requests = entry.getValue().requests();
      switch (charge(entry.getKey())) {
        case READ -> reads += requests;
        case WRITE -> writes += requests;
        case FREE -> {}
      }
    }
    return of(
        reads,
        writes,
        stats.of(Operation.READ).receivedBytes(),
        stats.of(Operation.WRITE).sentBytes()
            + stats.of(Operation.APPEND).sentBytes()
            + stats.of(Operation.UPLOAD_PART).sentBytes());
  }

  /** What so many requests and bytes cost. */
  public double of(long readRequests, long writeRequests, long retrievedBytes, long uploadedBytes) {
    return readRequests * readRequest
        + writeRequests * writeRequest
        + retrievedBytes / GB * retrievedGb
        + uploadedBytes / GB * uploadedGb;
  }

  private static Charge charge(Operation operation) {
    return switch (operation) {
      case READ, STAT, WARM_UP, CREATE_SESSION -> Charge.READ;
      case DELETE, DELETE_ALL, ABORT_UPLOAD, DELETE_BUCKET -> Charge.FREE;
      case WRITE,
          APPEND,
          RENAME,
          COPY,
          BEGIN_UPLOAD,
          UPLOAD_PART,
          COMPLETE_UPLOAD,
          LIST,
          LIST_PARTS,
          LIST_UPLOADS,
          LIST_BUCKETS,
          CREATE_BUCKET,
          SET_LIFECYCLE ->
          Charge.WRITE;
    };
  }

  /** Where and since when, as in {@code us-east-1 since 2025-04-10, read on 2026-11-23}. */
  public String source() {
    return region + " since " + since + ", read on " + readOn;
  }
}
