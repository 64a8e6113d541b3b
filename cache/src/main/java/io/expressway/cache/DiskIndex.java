package io.expressway.cache;

import io.expressway.ObjectInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk, by bucket and key: of each object the version written last, and its blocks.
 *
 * <p>Thread: safe for many; changed by the disk tier's writer, and by whoever finds an entry bad.
 */
final class DiskIndex {
  private final Map<Key, Stored> objects = new ConcurrentHashMap<>();

  private record Key(String bucket, String key) {}

  /** One version of one object. */
  private record Stored(ObjectInfo info, Map<Integer, Entry> blocks) {}

  /** Where a block's bytes are: {@code length} of them, from {@code begin} on in the block. */
  record Entry(Segment segment, long payload, int begin, int length, int crc) {}

  /** What is known of the key's object, from whatever run wrote it. */
  @Nullable ObjectInfo find(String bucket, String key) {
    Stored stored = objects.get(new Key(bucket, key));
    return stored == null ? null : stored.info;
  }

  @Nullable Entry find(String bucket, ObjectInfo info, int index) {
    Stored stored = objects.get(new Key(bucket, info.key()));
    return stored == null || !stored.info.version().equals(info.version())
        ? null
        : stored.blocks.get(index);
  }

  /** A record is on disk; it stands for the latest that is known of its key. */
  void put(DiskRecord record, Segment segment, long payload) {
    Key key = new Key(record.bucket(), record.info().key());
    if (record.index() == DiskRecord.GONE) {
      objects.remove(key);
      return;
    }
    Entry entry = new Entry(segment, payload, record.begin(), record.length(), record.crc());
    objects.compute(
        key,
        (same, stored) -> {
          Stored current =
              stored != null && stored.info.version().equals(record.info().version())
                  ? stored
                  : new Stored(record.info(), new ConcurrentHashMap<>());
          current.blocks.put(record.index(), entry);
          return current;
        });
  }

  /** The object is not to be used any more; true when there was one. */
  boolean remove(String bucket, String key) {
    return objects.remove(new Key(bucket, key)) != null;
  }

  /** The entry turned out not to be what it should be. */
  void remove(String bucket, ObjectInfo info, int index, Entry entry) {
    Key key = new Key(bucket, info.key());
    Stored stored = objects.get(key);
    if (stored != null) {
      stored.blocks.remove(index, entry);
      removeIfEmpty(key);
    }
  }

  private void removeIfEmpty(Key key) {
    objects.computeIfPresent(key, (same, stored) -> stored.blocks.isEmpty() ? null : stored);
  }

  /** The segment's entries are gone with it. */
  void remove(Segment segment) {
    objects.forEach(
        (key, stored) -> {
          if (stored.blocks.values().removeIf(entry -> entry.segment == segment)) {
            removeIfEmpty(key);
          }
        });
  }
}
