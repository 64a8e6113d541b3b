package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What one replica's objects are called across zones. A content with a {@link Stamp} has the same
 * version in every zone: its stamp and its size, because appends change the one and not the other.
 * What others wrote is of a version of its own in each zone: the zone's ID and its ETag.
 *
 * <p>Thread: safe for many, lock-free.
 */
final class Naming {
  private static final String STAMPED = "v1-";
  private static final int REMEMBERED = 256;

  private record Pair(ObjectInfo raw, ObjectInfo known) {}

  private final String zone;

  /** By identity: a connection whose object is the same again describes it by the same instance. */
  private final AtomicReferenceArray<@Nullable Pair> remembered =
      new AtomicReferenceArray<>(REMEMBERED);

  Naming(String zone) {
    this.zone = zone;
  }

  /** The object as callers know it. */
  @SuppressWarnings("ReferenceEquality") // the same instance is what is looked for
  ObjectInfo known(ObjectInfo raw) {
    int place = System.identityHashCode(raw) & (REMEMBERED - 1);
    Pair pair = remembered.get(place);
    if (pair != null && pair.raw == raw) {
      return pair.known;
    }
    ObjectInfo known =
        new ObjectInfo(
            raw.key(),
            raw.size(),
            version(raw),
            raw.lastModified(),
            raw.contentType(),
            callers(raw.metadata()));
    remembered.set(place, new Pair(raw, known));
    return known;
  }

  private static Map<String, String> callers(Map<String, String> metadata) {
    if (!metadata.containsKey(Stamp.METADATA)) {
      return metadata;
    }
    if (metadata.size() == 1) {
      return Map.of();
    }
    Map<String, String> rest = new HashMap<>(metadata);
    rest.remove(Stamp.METADATA);
    return Map.copyOf(rest);
  }

  /** The object's version as callers know it. */
  ObjectVersion version(ObjectInfo raw) {
    Optional<Stamp> stamp = Stamp.of(raw);
    return stamp.isPresent()
        ? version(stamp.get(), raw.size())
        : new ObjectVersion(zone + " " + raw.version().tag());
  }

  /** The version of a content with this stamp and size. */
  static ObjectVersion version(Stamp stamp, long size) {
    return new ObjectVersion(STAMPED + stamp + "-" + size);
  }

  /** The stamp in a version that callers hold; absent when it is one zone's own. */
  static Optional<Stamp> stampIn(ObjectVersion known) {
    String tag = known.tag();
    int end = tag.lastIndexOf('-');
    return tag.startsWith(STAMPED) && end > STAMPED.length()
        ? Stamp.parse(tag.substring(STAMPED.length(), end))
        : Optional.empty();
  }

  /** This zone's own version behind one that callers hold; absent when it is not of this zone. */
  Optional<ObjectVersion> own(ObjectVersion known) {
    String tag = known.tag();
    return tag.startsWith(zone + " ")
        ? Optional.of(new ObjectVersion(tag.substring(zone.length() + 1)))
        : Optional.empty();
  }
}
