package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.RenameOptions;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

/**
 * Publishes a table's new state in one step: written beside it, then renamed over the version that
 * was read. Readers see the old or the new, and of two publishers one is told that it was late.
 */
final class AtomicPublish {
  private static final String KEY = "expressway-examples/table.json";

  private AtomicPublish() {}

  static void run(Arguments arguments) throws Exception {
    try (Place place = Place.of(arguments)) {
      Bucket bucket = place.bucket();
      ObjectVersion first =
          bucket.write(KEY, text("{\"state\": 1}"), WriteOptions.defaults()).join().version();
      publish(bucket, "draft-a", "{\"state\": 2}", first);
      show(bucket);
      try {
        publish(bucket, "draft-b", "{\"state\": 3}", first);
      } catch (CompletionException late) {
        if (!(late.getCause() instanceof PreconditionFailedException)) {
          throw late;
        }
        System.out.println("another publisher was first: " + late.getCause().getMessage());
        bucket.delete("expressway-examples/draft-b").join();
      }
      show(bucket);
      bucket.delete(KEY).join();
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void publish(Bucket bucket, String name, String state, ObjectVersion read) {
    String draft = "expressway-examples/" + name;
    bucket.write(draft, text(state), WriteOptions.defaults()).join();
    bucket.rename(draft, KEY, RenameOptions.defaults().ifVersion(read)).join();
  }

  private static void show(Bucket bucket) {
    try (Slice now = bucket.read(KEY, ByteRange.all()).join()) {
      System.out.println("published: " + new String(now.toByteArray(), StandardCharsets.UTF_8));
    }
  }
}
