package io.expressway.examples;

import io.expressway.BucketListener;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.examples.support.FilePhases;
import io.expressway.examples.support.Traffic;
import io.expressway.examples.support.ZonePhases;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.net.URISyntaxException;
import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Stores a file, opens it as a zip through ranged reads, checks it, reads it through a cache of
 * memory and disk, times reads of three sizes, and loses a zone in the middle of reading from
 * three: on embedded zones, or without the loss on AWS with {@code --bucket NAME --region REGION}.
 */
final class Quickstart {
  private Quickstart() {}

  static void run(Arguments arguments) throws Exception {
    Traffic traffic = new Traffic();
    Path file = arguments.get("file").map(Path::of).orElseGet(Quickstart::ownJar);
    int reads = arguments.number("reads", 1_000);
    if (arguments.get("bucket").isPresent()) {
      ExpressOptions options = options(traffic, arguments);
      String bucket = arguments.get("bucket").get();
      new FilePhases(bucket, options, file, traffic).run(Credentials.fromDefaultChain(), reads);
      return;
    }
    try (ZonalServer server = embedded()) {
      server.zones().forEach(zone -> System.out.println(zone.id() + " at " + zone.endpoint()));
      Credentials identity = Credentials.of(server.accessKeyId(), server.secretAccessKey());
      ExpressOptions options =
          options(traffic, arguments).endpoint(server.zone("usw2-az1").endpoint());
      new FilePhases("demo--usw2-az1--x-s3", options, file, traffic).run(identity, reads);
    }
    try (Replicas replicas = Replicas.in(embedded(), "demo", MultiAzOptions.defaults())) {
      Zone primary = replicas.server().zone("usw2-az1");
      new ZonePhases(replicas.bucket(), reads).run(primary::stop, primary::start);
    }
  }

  private static ZonalServer embedded() {
    return ZonalServer.builder()
        .zones("usw2-az1", "usw2-az3", "usw2-az4")
        .latency(LatencyProfile.express())
        .start();
  }

  private static ExpressOptions options(BucketListener listener, Arguments arguments) {
    ExpressOptions options = ExpressOptions.defaults().listener(listener);
    return arguments.get("region").map(options::region).orElse(options);
  }

  /** The jar that holds the SDK, this one when they are one: a real zip always at hand. */
  private static Path ownJar() {
    try {
      return Path.of(
          S3AsyncClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("name a file with --file PATH", e);
    }
  }
}
