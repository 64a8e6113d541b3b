package io.expressway.examples.support;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Stores a file, opens it as a zip, reads it through a cache, and times reads of three sizes. */
public final class FilePhases {
  private static final String KEY = "expressway-quickstart/file.zip";
  private static final int[] SIZES = {4 << 10, 64 << 10, 1 << 20};
  private final String name;
  private final ExpressOptions options;
  private final Path file;
  private final Traffic traffic;

  /** Uses the bucket of that name; {@code traffic} is the listener of {@code options}. */
  public FilePhases(String name, ExpressOptions options, Path file, Traffic traffic) {
    this.name = name;
    this.options = options;
    this.file = file;
    this.traffic = traffic;
  }

  /** Shows each phase; times {@code reads} reads of each size. */
  public void run(Credentials identity, int reads) throws Exception {
    try (Sessions sessions = Sessions.over(identity);
        Bucket bucket = ExpressBucket.open(name, sessions, options)) {
      long size = store(bucket);
      checkZip(bucket);
      new CachedPhases(() -> ExpressBucket.open(name, sessions, options), KEY, traffic).run();
      LatencyTable table = new LatencyTable(traffic);
      for (int bytes : SIZES) {
        table.measure(bytes, reads, timed(bucket, size, bytes));
      }
      table.print();
    }
  }

  private long store(Bucket bucket) throws IOException {
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

  private void checkZip(Bucket bucket) throws IOException {
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
}
