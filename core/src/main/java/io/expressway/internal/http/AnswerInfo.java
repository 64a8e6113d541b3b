package io.expressway.internal.http;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an answer's head says of its object. */
final class AnswerInfo {
  private AnswerInfo() {}

  /**
   * The object's description, or null when the head has no ETag. Reuses {@code known} when the head
   * says the same.
   */
  static @Nullable ObjectInfo of(
      String key, long size, ResponseHead head, @Nullable ObjectInfo known) {
    String tag = head.header("etag", known == null ? null : known.version().tag());
    if (tag == null || tag.isEmpty()) {
      return null;
    }
    long modified = Math.max(0, head.lastModifiedSecond());
    String type = head.header("content-type", knownType(known));
    if (known != null && isSame(known, key, size, tag, modified, type, head)) {
      return known;
    }
    return new ObjectInfo(
        key,
        size,
        new ObjectVersion(tag),
        Instant.ofEpochSecond(modified),
        Optional.ofNullable(type),
        head.metadata());
  }

  private static @Nullable String knownType(@Nullable ObjectInfo known) {
    return known == null ? null : known.contentType().orElse(null);
  }

  private static boolean isSame(
      ObjectInfo known,
      String key,
      long size,
      String tag,
      long modified,
      @Nullable String type,
      ResponseHead head) {
    return known.size() == size
        && known.version().tag().equals(tag)
        && known.lastModified().getEpochSecond() == modified
        && known.key().equals(key)
        && java.util.Objects.equals(type, known.contentType().orElse(null))
        && head.hasMetadata(known.metadata());
  }
}
