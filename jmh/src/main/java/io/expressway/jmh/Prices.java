package io.expressway.jmh;

/**
 * What the service charges, in US dollars: S3 FAQ and "Up to 85% price reductions for Amazon S3
 * Express One Zone" (AWS News Blog), us-east-1, since 2025-04-10, read on 2026-11-23. Deleting is
 * free; storage of what lives for minutes is left out.
 */
final class Prices {
  static final String SOURCE = "us-east-1, since 2025-04-10";
  private static final double READ_REQUEST = 0.00003 / 1_000;
  private static final double WRITE_REQUEST = 0.00113 / 1_000;
  private static final double RETRIEVED_GB = 0.0006;
  private static final double UPLOADED_GB = 0.0032;
  private static final double GB = 1 << 30;

  private Prices() {}

  /** Of GETs, HEADs and sessions, PUTs and what is priced as they are, and the bytes of both. */
  static double of(long readRequests, long writeRequests, long retrieved, long uploaded) {
    return readRequests * READ_REQUEST
        + writeRequests * WRITE_REQUEST
        + retrieved / GB * RETRIEVED_GB
        + uploaded / GB * UPLOADED_GB;
  }
}
