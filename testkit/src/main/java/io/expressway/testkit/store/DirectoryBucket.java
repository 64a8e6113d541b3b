package io.expressway.testkit.store;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects and the uploads of one bucket.
 *
 * <p>Safe for many threads: reads take no lock and see the last finished write; all writes of a
 * bucket take its monitor, so that each is atomic and conditions hold when it lands.
 */
final class DirectoryBucket {
  private static final int REMEMBERED_RENAMES = 10_000;

  private final String name;
  private final Instant created;
  private final KeyOrder order;
  private final Map<String, StoredObject> objects = new ConcurrentHashMap<>();
  private final NavigableSet<String> keys;
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final Map<String, String> renames = new LinkedHashMap<>();
  private boolean deleted;
  private volatile @Nullable String lifecycle;

  DirectoryBucket(String name, Instant created, KeyOrder order) {
    this.name = name;
    this.created = created;
    this.order = order;
    this.keys = new ConcurrentSkipListSet<>(order);
  }

  String name() {
    return name;
  }

  Instant created() {
    return created;
  }

  KeyOrder order() {
    return order;
  }

  /** The document that says what expires; null when nothing does. */
  @Nullable String lifecycle() {
    return lifecycle;
  }

  void lifecycle(@Nullable String document) {
    lifecycle = document;
  }

  @Nullable StoredObject find(String key) {
    return objects.get(key);
  }

  /**
   * The object under a key.
   *
   * @throws S3Error 404 NoSuchKey
   */
  StoredObject require(String key) {
    StoredObject object = objects.get(key);
    if (object == null) {
      throw Refusals.noSuchKey(key);
    }
    return object;
  }

  /** The keys in listing order. Weakly consistent while others write. */
  NavigableSet<String> keys() {
    return keys;
  }

  /**
   * Replaces the object under a key in one step.
   *
   * @param next makes the new object from the present one (null when there is none); what it throws
   *     leaves the bucket as it was
   */
  synchronized StoredObject replace(
      String key, Function<@Nullable StoredObject, StoredObject> next) {
    requireLive();
    StoredObject object = next.apply(objects.get(key));
    objects.put(key, object);
    keys.add(key);
    return object;
  }

  /**
   * Removes a key, and with it every parent that has nothing else: directories are only what keys
   * and uploads imply.
   *
   * <p>Source: API reference, DeleteObject and User Guide, s3-express-differences (empty parent
   * directories are removed), read on 2026-11-22.
   *
   * @param condition sees the object and throws to keep it; not called when there is none
   */
  synchronized void remove(String key, java.util.function.Consumer<StoredObject> condition) {
    StoredObject object = objects.get(key);
    if (object != null) {
      condition.accept(object);
      objects.remove(key);
      keys.remove(key);
    }
  }

  /**
   * Moves an object, with a client token at most once.
   *
   * @param token the client token, null when none was sent
   * @param parameters all that a repeat of the call must have in common with the first
   * @param condition sees the source and the present target (null when there is none)
   * @throws S3Error 400 IdempotencyParameterMismatch, 404 NoSuchKey, or what the condition throws
   */
  synchronized void rename(
      String from,
      String to,
      @Nullable String token,
      String parameters,
      RenameCondition condition) {
    if (token != null && alreadyDone(token, parameters)) {
      return;
    }
    StoredObject source = require(from);
    condition.check(source, objects.get(to));
    objects.remove(from);
    keys.remove(from);
    objects.put(to, source);
    keys.add(to);
    if (token != null) {
      remember(token, parameters);
    }
  }

  /** Judges both ends of a rename, under the lock of the bucket. */
  interface RenameCondition {
    /** Throws an {@link S3Error} to refuse. */
    void check(StoredObject source, @Nullable StoredObject target);
  }

  private boolean alreadyDone(String token, String parameters) {
    String before = renames.get(token);
    if (before != null && !before.equals(parameters)) {
      throw new S3Error(
          400,
          "IdempotencyParameterMismatch",
          "Parameters on this idempotent request are inconsistent with parameters used in previous"
              + " request(s).");
    }
    return before != null;
  }

  private void remember(String token, String parameters) {
    renames.put(token, parameters);
    if (renames.size() > REMEMBERED_RENAMES) {
      renames.remove(renames.keySet().iterator().next());
    }
  }

  synchronized void begin(Upload upload) {
    requireLive();
    uploads.put(upload.id(), upload);
  }

  /**
   * An upload in progress.
   *
   * @throws S3Error 404 NoSuchUpload
   */
  Upload requireUpload(String key, String uploadId) {
    Upload upload = findUpload(key, uploadId);
    if (upload == null) {
      throw Refusals.noSuchUpload(uploadId);
    }
    return upload;
  }

  @Nullable Upload findUpload(String key, String uploadId) {
    Upload upload = uploads.get(uploadId);
    return upload == null || !upload.key().equals(key) ? null : upload;
  }

  synchronized void end(Upload upload) {
    uploads.remove(upload.id());
  }

  /** Ends an upload by putting its object in place, in one step. */
  synchronized void complete(Upload upload, Function<@Nullable StoredObject, StoredObject> object) {
    if (!uploads.containsKey(upload.id())) {
      throw Refusals.noSuchUpload(upload.id());
    }
    replace(upload.key(), object);
    uploads.remove(upload.id());
  }

  /** The uploads in progress, in no order. */
  Iterable<Upload> uploads() {
    return uploads.values();
  }

  /**
   * The keys that a delimited listing sees: those of the objects and of the uploads in progress.
   */
  NavigableSet<String> keysAndUploads() {
    if (uploads.isEmpty()) {
      return keys;
    }
    NavigableSet<String> all = new TreeSet<>(order);
    all.addAll(keys);
    uploads.values().forEach(upload -> all.add(upload.key()));
    return all;
  }

  /**
   * Marks the bucket as gone, so that no write in flight lands in it.
   *
   * <p>Source: API reference, DeleteBucket ("all objects ... must be deleted", "in-progress
   * multipart uploads ... must be aborted or completed" for directory buckets), read on 2026-11-22.
   *
   * @throws S3Error 409 BucketNotEmpty
   */
  synchronized void delete() {
    if (!objects.isEmpty() || !uploads.isEmpty()) {
      throw new S3Error(
              409,
              "BucketNotEmpty",
              "The bucket you tried to delete is not empty: it has "
                  + objects.size()
                  + " objects and "
                  + uploads.size()
                  + " multipart uploads in progress.")
          .with("BucketName", name);
    }
    deleted = true;
  }

  private void requireLive() {
    if (deleted) {
      throw Refusals.noSuchBucket(name);
    }
  }
}
