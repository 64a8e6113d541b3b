package io.expressway.examples;

import io.expressway.AppendStream;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Writes a log line by line to one object; each flush makes what was written durable. */
final class AppendLog {
  private static final String KEY = "expressway-examples/app.log";
  private static final int LINES = 1_000;

  private AppendLog() {}

  static void run(Arguments arguments) throws Exception {
    try (Place place = Place.of(arguments)) {
      write(place.bucket());
      System.out.printf("read back %,d lines%n", countLines(place.bucket()));
      place.bucket().delete(KEY).join();
    }
  }

  private static void write(Bucket bucket) throws IOException {
    try (AppendStream log = AppendStream.open(bucket, KEY)) {
      for (int i = 0; i < LINES; i++) {
        log.write(("event " + i + "\n").getBytes(StandardCharsets.UTF_8));
        if (i % 100 == 99) {
          log.flush();
          System.out.printf("  %,d lines are durable, %,d bytes%n", i + 1, log.storedBytes());
        }
      }
    }
  }

  private static long countLines(Bucket bucket) throws IOException {
    try (Slice all = bucket.read(KEY, ByteRange.all()).join();
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(all.asInputStream(), StandardCharsets.UTF_8))) {
      return lines.lines().count();
    }
  }
}
