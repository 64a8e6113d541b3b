package io.expressway;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a bucket says of one object. Immutable.
 *
 * @param key the object's key, not encoded
 * @param size bytes of the whole object, whatever range was read
 * @param version identity of this content
 * @param lastModified when the content was stored, to the second
 * @param contentType the media type; absent in listings
 * @param metadata user metadata without the {@code x-amz-meta-} prefix, names in lower case; empty
 *     in listings, and what was sent in the answer to a write
 */
public record ObjectInfo(
    String key,
    long size,
    ObjectVersion version,
    Instant lastModified,
    Optional<String> contentType,
    Map<String, String> metadata) {

  /** Copies nothing: callers hand over maps they no longer change. */
  public ObjectInfo {
    if (size < 0) {
      throw new IllegalArgumentException("size of " + key + " must not be negative: " + size);
    }
  }

  /** An object of which only the essentials are known. */
  public ObjectInfo(String key, long size, ObjectVersion version, Instant lastModified) {
    this(key, size, version, lastModified, Optional.empty(), Map.of());
  }
}
