package io.expressway.examples.doctor;

import io.expressway.AccessKey;
import io.expressway.BucketName;
import io.expressway.BucketStats;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.SessionMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** All checks of one bucket, in the order in which one needs the other. */
final class Examination {
  private static final List<String> ALL =
      List.of(
          "DNS",
          "connection",
          "clock",
          "credentials",
          "CreateSession ReadOnly",
          "CreateSession ReadWrite",
          "listing",
          "latency",
          "throttling");

  private final List<Finding> findings = new ArrayList<>();
  private BucketStats sent = BucketStats.NONE;
  private boolean goesOn = true;

  private Examination() {}

  /** What was found; empty {@code ownZone} when this machine's is not known. */
  static Examination of(
      String name, Credentials identity, ExpressOptions options, Optional<String> ownZone) {
    Examination examination = new Examination();
    examination.run(name, identity, options, ownZone);
    return examination;
  }

  List<Finding> findings() {
    return findings;
  }

  /** What was sent to find it. */
  BucketStats sent() {
    return sent;
  }

  private void run(
      String name, Credentials identity, ExpressOptions options, Optional<String> ownZone) {
    BucketName bucket;
    try {
      bucket = BucketName.directory(name);
      findings.add(region(bucket, options));
      findings.add(zone(bucket, ownZone));
      go(() -> new Reachability(bucket, regionOf(bucket, options), options).dns());
      go(() -> new Reachability(bucket, regionOf(bucket, options), options).connection());
      if (goesOn) {
        findings.add(new Reachability(bucket, regionOf(bucket, options), options).clock());
      }
      go(() -> credentials(identity));
      if (goesOn) {
        requests(bucket, identity, options);
      }
    } catch (IllegalArgumentException e) {
      goesOn = false;
      findings.add(
          Finding.fail(
              "name and Region",
              String.valueOf(e.getMessage()),
              "a directory bucket is named BASE--ZONE--x-s3, and lies in its zone's Region"));
    }
    for (String each : ALL) {
      if (!goesOn && findings.stream().noneMatch(found -> isOf(found, each))) {
        findings.add(Finding.skip(each));
      }
    }
  }

  private static boolean isOf(Finding found, String check) {
    return found.check().equals(check)
        || (check.equals("connection") && found.check().equals("TLS"));
  }

  private void requests(BucketName bucket, Credentials identity, ExpressOptions options) {
    try (Requests requests = new Requests(bucket, identity, options)) {
      Finding readOnly = requests.session(SessionMode.READ_ONLY);
      findings.add(readOnly);
      findings.add(requests.session(SessionMode.READ_WRITE));
      goesOn = !readOnly.isFailure();
      go(requests::listing);
      go(requests::latency);
      go(requests::throttling);
      sent = requests.stats();
    }
  }

  /** Looks only while nothing failed that is needed for it. */
  private void go(Supplier<Finding> check) {
    if (goesOn) {
      Finding found = check.get();
      findings.add(found);
      goesOn = !found.isFailure();
    }
  }

  private static String regionOf(BucketName bucket, ExpressOptions options) {
    return options
        .region()
        .or(bucket::region)
        .orElseThrow(
            () -> new IllegalArgumentException("the zone's Region is not known: give --region"));
  }

  private static Finding region(BucketName bucket, ExpressOptions options) {
    String region = regionOf(bucket, options);
    String own = bucket.region().orElse(region);
    if (!own.equals(region)) {
      throw new IllegalArgumentException(bucket + " lies in " + own + ", not in " + region);
    }
    return Finding.pass("name and Region", bucket + ", signed for " + region);
  }

  private static Finding zone(BucketName bucket, Optional<String> own) {
    String theirs = bucket.zone().orElseThrow();
    if (own.isEmpty()) {
      return Finding.warn(
          "zone",
          "this machine's is not known, the bucket's is " + theirs,
          "on EC2 allow the instance metadata service; elsewhere set EXPRESSWAY_ZONE_ID");
    }
    return own.get().equals(theirs)
        ? Finding.pass("zone", "this machine is in " + theirs + ", as the bucket is")
        : Finding.warn(
            "zone",
            "this machine is in " + own.get() + ", the bucket in " + theirs,
            "run in the bucket's zone, or use a bucket of this one: each request crosses zones");
  }

  private static Finding credentials(Credentials identity) {
    AccessKey key;
    try {
      key = identity.accessKey().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      return Failures.of("credentials", e);
    }
    Instant end = key.expiration().orElse(Instant.MAX);
    if (end.isBefore(Instant.now())) {
      return Finding.fail("credentials", key + " ended at " + end, "get new temporary credentials");
    }
    String kind = key.token().isPresent() ? ", temporary" : ", permanent";
    return Finding.pass(
        "credentials", key + kind + (end.equals(Instant.MAX) ? "" : " until " + end));
  }
}
