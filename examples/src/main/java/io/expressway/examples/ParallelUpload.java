package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.ObjectInfo;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes an object of 100 MB whose size nobody knows beforehand, as a stream: its parts are sent
 * while the next are filled, and it appears when it is complete.
 */
final class ParallelUpload {
  private static final String KEY = "expressway-examples/numbers.txt";
  private static final int LINES = 5_000_000;

  private ParallelUpload() {}

  static void run(Arguments arguments) throws Exception {
    try (Place place = Place.of(arguments)) {
      long begin = System.nanoTime();
      ObjectInfo stored = upload(place.bucket());
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "stored %,d bytes in %.2f s, %.0f MB/s%n",
          stored.size(), seconds, stored.size() / seconds / 1e6);
      place.bucket().delete(KEY).join();
    }
  }

  private static ObjectInfo upload(Bucket bucket) throws IOException {
    UploadOptions options =
        UploadOptions.defaults()
            .progress(
                (storedBytes, given) -> System.out.printf("  %,d bytes stored%n", storedBytes));
    try (Upload upload = bucket.upload(KEY, options)) {
      try (OutputStream out = upload.stream()) {
        for (int i = 0; i < LINES; i++) {
          out.write(line(i));
        }
      }
      return upload.complete().join();
    } // an exception on the way here aborts the upload, and nothing is stored
  }

  private static byte[] line(int number) {
    byte[] line = "0000000000 is a number\n".getBytes(StandardCharsets.US_ASCII);
    int rest = number;
    for (int at = 9; rest > 0; at--) {
      line[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return line;
  }
}
