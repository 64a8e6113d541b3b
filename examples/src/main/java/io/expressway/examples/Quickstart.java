package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.BucketListener;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Stores a file, opens it as a zip through ranged reads, checks it, reads it through a cache of
 * memory and disk, times reads of three sizes, and loses a zone in the middle of reading from
 * three: on embedded zones, or without the loss on AWS with {@code --bucket NAME --region REGION}.
 */
final class Quickstart {
  private static final String KEY = "expressway-quickstart/file.zip";
  private static final int[] SIZES = {4 << 10, 64 << 10, 1 << 20};

  private Quickstart() {}

  static void run(Arguments arguments) throws Exception {
    Traffic traffic = new Traffic();
    Path file = arguments.get("file").map(Path::of).orElseGet(Quickstart::ownJar);
    int reads = arguments.number("reads", 1_000);
    if (arguments.get("bucket").isPresent()) {
      ExpressOptions options = options(traffic, arguments);
      String bucket = arguments.get("bucket").get();
      use(bucket, Credentials.fromDefaultChain(), options, file, reads, traffic);
      return;
    }
    try (ZonalServer server = embedded()) {
      server.zones().forEach(zone -> System.out.println(zone.id() + " at " + zone.endpoint()));
      Credentials identity = Credentials.of(server.accessKeyId(), server.secretAccessKey());
      ExpressOptions options =
          options(traffic, arguments).endpoint(server.zone("usw2-az1").endpoint());
      use("demo--usw2-az1--x-s3", identity, options, file, reads, traffic);
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

  private static void use(
      String name,
      Credentials identity,
      ExpressOptions options,
      Path file,
      int reads,
      Traffic traffic)
      throws Exception {
    try (Sessions sessions = Sessions.over(identity);
        Bucket bucket = ExpressBucket.open(name, sessions, options)) {
      long size = store(bucket, file);
      checkZip(bucket, file);
      new CachedPhases(() -> ExpressBucket.open(name, sessions, options), KEY, traffic).run();
      LatencyTable table = new LatencyTable(traffic);
      for (int bytes : SIZES) {
        table.measure(bytes, reads, timed(bucket, size, bytes));
      }
      table.print();
    }
  }

  private static long store(Bucket bucket, Path file) throws IOException {
    long begin = System.nanoTime();
    long size = Files.size(file);
    try (FileChannel channel = FileChannel.open(file);
        Upload upload = bucket.upload(KEY, UploadOptions.defaults().size(size))) {
      CompletableFuture<Void> sent = upload.write(channel, 0, size);
      upload.complete().join();
      sent.join();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%nstored %s, %,d bytes, by parallel upload in %.0f ms, %.0f MB/s%n",
        file.getFileName(), size, seconds * 1e3, size / seconds / 1e6);
    return size;
  }

  private static void checkZip(Bucket bucket, Path file) throws IOException {
    RemoteZip zip = RemoteZip.open(bucket, KEY);
    System.out.printf("opened as a zip of %,d entries%n", zip.entries().size());
    for (RemoteZip.Entry entry : zip.largest(2)) {
      byte[] bytes = zip.read(entry);
      zip.check(entry, bytes, file);
      System.out.printf("  %s: %,d bytes, equal to the local file's%n", entry.name(), bytes.length);
    }
  }

  private static LatencyTable.Read timed(Bucket bucket, long size, int bytes) {
    if (size < bytes) {
      throw new IllegalArgumentException(
          "the file must have at least " + bytes + " bytes for reads of that size: --file PATH");
    }
    Random positions = new Random(bytes);
    return () -> {
      long offset = (long) (positions.nextDouble() * (size - bytes));
      try (Slice slice = bucket.read(ReadRequest.of(KEY, ByteRange.of(offset, bytes))).join()) {
        return slice.length();
      }
    };
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
