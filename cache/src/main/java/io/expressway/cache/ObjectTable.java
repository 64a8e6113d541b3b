package io.expressway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.expressway.BucketName;
import io.expressway.ObjectInfo;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the objects of one bucket, by key. An object that changes is replaced, never
 * altered: whatever was under way for the old one goes on with the old one and is seen by nobody
 * else, so a late answer cannot bring old knowledge back.
 *
 * <p>Thread: safe for many. Looking up does not lock.
 */
final class ObjectTable {
  /** Some 300 bytes of heap each, beside their blocks. */
  private static final int MOST_OBJECTS = 200_000;

  private final BucketName bucket;
  private final BlockCache memory;
  private final Cache<String, CachedObject> objects;
  private final Policy<String, CachedObject> policy;

  ObjectTable(BucketName bucket, BlockCache memory) {
    this.bucket = bucket;
    this.memory = memory;
    this.objects =
        Caffeine.newBuilder()
            .maximumSize(MOST_OBJECTS)
            .executor(Runnable::run)
            .evictionListener(
                (@Nullable String key, @Nullable CachedObject object, RemovalCause why) -> {
                  if (object != null) {
                    object.drop();
                  }
                })
            .build();
    this.policy = objects.policy();
  }

  BucketName bucket() {
    return bucket;
  }

  /** The object at the key, when something is known of it. Leaves no trace: see {@link #touch}. */
  @Nullable CachedObject get(String key) {
    return policy.getIfPresentQuietly(key);
  }

  /** Tells the policy that the object is in use; called by misses and now and then by hits. */
  void touch(String key) {
    CachedObject unused = objects.getIfPresent(key);
  }

  /** The object at the key, of which nothing may be known yet. */
  CachedObject getOrAdd(String key) {
    CachedObject present = objects.getIfPresent(key);
    return present != null ? present : objects.asMap().computeIfAbsent(key, this::recalled);
  }

  /** A new object, of which disk may know something. */
  private CachedObject recalled(String key) {
    CachedObject object = new CachedObject(key, this, memory);
    DiskTier disk = memory.disk();
    ObjectInfo remembered = disk == null ? null : disk.find(bucket.toString(), key);
    if (remembered != null) {
      object.recall(remembered);
    }
    return object;
  }

  private void forgetOnDisk(String key) {
    DiskTier disk = memory.disk();
    if (disk != null) {
      disk.forget(bucket.toString(), key);
    }
  }

  /** Forgets the object, if it still is what is known of its key. */
  void forget(CachedObject object) {
    if (objects.asMap().remove(object.key(), object)) {
      memory.tally().changes.increment();
      object.drop();
      forgetOnDisk(object.key());
    }
    object.drop();
  }

  /** Knows {@code fresh} of the key from now on, if {@code stale} is what was known. */
  void replace(CachedObject stale, CachedObject fresh) {
    if (objects.asMap().replace(stale.key(), stale, fresh)) {
      memory.tally().changes.increment();
      stale.drop();
      forgetOnDisk(stale.key());
    }
    stale.drop();
  }

  /** Forgets whatever is known of the key: it was, or will be, written. */
  void forget(String key) {
    CachedObject object = objects.asMap().remove(key);
    if (object != null) {
      memory.tally().changes.increment();
      object.drop();
    }
    forgetOnDisk(key);
  }

  /** Forgets everything. */
  void clear() {
    for (CachedObject object : objects.asMap().values()) {
      objects.asMap().remove(object.key(), object);
      object.drop();
    }
  }
}
