package io.expressway.jmh;

import io.expressway.BucketName;
import io.expressway.ExpressOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which buckets are measured, and how much may be spent on it.
 *
 * @param buckets the first is measured; the others are where reads go when it falls silent
 * @param region theirs; what the environment says when empty
 * @param endpoints of each bucket, for servers that are not AWS; none for AWS
 * @param phases what is measured
 * @param requests the most that may be sent
 * @param minutes how long sessions are watched
 * @param isAgreed whether the costs need not be asked about
 * @param out where the report goes
 */
record BucketTarget(
    List<BucketName> buckets,
    Optional<String> region,
    List<URI> endpoints,
    List<BucketPhase> phases,
    long requests,
    double minutes,
    boolean isAgreed,
    Path out) {
  static final String USAGE =
      """
      java -jar jmh/target/claims.jar --bucket NAME [--bucket SECOND...] [--region R] [--yes]
            [--requests N] [--minutes M] [--out DIRECTORY] [session] [read] [write] [failover]
        the same on directory buckets of AWS, with the default credential chain. Says what it will
        cost before it starts, begins nothing after N requests (25000), and deletes what it stored.
        Sessions are watched for M minutes (6: one refresh). Failover needs a second bucket, in
        another zone. --endpoint URL, once for each bucket, is for servers that are not AWS.
      """;

  private static final long MOST_REQUESTS = 25_000;
  private static final double MINUTES = 6;

  /** Reads the arguments; throws {@link IllegalArgumentException} that says what is wrong. */
  static BucketTarget parse(List<String> words) {
    List<BucketName> buckets = new ArrayList<>();
    List<URI> endpoints = new ArrayList<>();
    List<BucketPhase> phases = new ArrayList<>();
    Optional<String> region = Optional.empty();
    long requests = MOST_REQUESTS;
    double minutes = MINUTES;
    boolean isAgreed = false;
    Path out = Path.of(".");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--yes")) {
        isAgreed = true;
      } else if (!word.startsWith("--")) {
        phases.add(BucketPhase.named(word));
      } else if (i + 1 == words.size()) {
        throw new IllegalArgumentException(word + " needs a value");
      } else {
        String value = words.get(++i);
        switch (word) {
          case "--bucket" -> buckets.add(BucketName.directory(value));
          case "--endpoint" -> endpoints.add(URI.create(value));
          case "--region" -> region = Optional.of(value);
          case "--requests" -> requests = (long) number(word, value);
          case "--minutes" -> minutes = number(word, value);
          case "--out" -> out = Path.of(value);
          default -> throw new IllegalArgumentException("no option \"" + word + "\" with --bucket");
        }
      }
    }
    if (buckets.size() > 3 || (!endpoints.isEmpty() && endpoints.size() != buckets.size())) {
      throw new IllegalArgumentException(
          "name one to three buckets, and an endpoint for each or for none");
    }
    List<BucketPhase> chosen = phases.isEmpty() ? List.of(BucketPhase.values()) : phases;
    return new BucketTarget(buckets, region, endpoints, chosen, requests, minutes, isAgreed, out);
  }

  private static double number(String name, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // as good as none
    }
    throw new IllegalArgumentException(name + " must be a positive number, but is " + text);
  }

  /** Requests of a run without retries, in which every claim is measured. */
  long plannedRequests() {
    return phases.stream()
        .mapToLong(phase -> phase.readRequests(minutes) + phase.writeRequests())
        .sum();
  }

  double dollars() {
    return phases.stream().mapToDouble(phase -> phase.dollars(minutes)).sum();
  }

  BucketName primary() {
    return buckets.get(0);
  }

  /** How our buckets are opened. */
  ExpressOptions options(int bucket) {
    ExpressOptions options = ExpressOptions.defaults();
    if (region.isPresent()) {
      options = options.region(region.get());
    }
    return endpoints.isEmpty() ? options : options.endpoint(endpoints.get(bucket));
  }
}
