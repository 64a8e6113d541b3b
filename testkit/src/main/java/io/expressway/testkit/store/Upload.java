package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A multipart upload in progress. Safe for many threads: parts arrive in any order, at any time.
 */
final class Upload {
  private final String key;
  private final String id;
  private final Instant initiated;
  private final StoredObject.Attributes attributes;
  private final @Nullable ChecksumAlgorithm algorithm;
  private final boolean fullObject;
  private final NavigableMap<Integer, UploadedPart> parts = new ConcurrentSkipListMap<>();

  /**
   * One part.
   *
   * @param body direct, owned by the upload
   * @param etag quoted
   */
  record UploadedPart(
      ByteBuffer body, String etag, Instant modified, @Nullable ObjectChecksum checksum) {}

  Upload(
      String key,
      String id,
      Instant initiated,
      StoredObject.Attributes attributes,
      @Nullable ChecksumAlgorithm algorithm,
      boolean fullObject) {
    this.key = key;
    this.id = id;
    this.initiated = initiated;
    this.attributes = attributes;
    this.algorithm = algorithm;
    this.fullObject = fullObject;
  }

  String key() {
    return key;
  }

  String id() {
    return id;
  }

  /** To the second. */
  Instant initiated() {
    return initiated;
  }

  StoredObject.Attributes attributes() {
    return attributes;
  }

  /** The algorithm named when the upload was created, null when none was. */
  @Nullable ChecksumAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether the checksum of the object will cover its bytes rather than those of its parts. */
  boolean fullObject() {
    return fullObject;
  }

  /** {@code FULL_OBJECT} or {@code COMPOSITE}; null without an algorithm. */
  @Nullable String checksumType() {
    if (algorithm == null) {
      return null;
    }
    return fullObject ? "FULL_OBJECT" : "COMPOSITE";
  }

  void put(int number, UploadedPart part) {
    parts.put(number, part);
  }

  /** By part number. */
  Map<Integer, UploadedPart> parts() {
    return parts;
  }

  /** The parts with a higher number, in order. */
  NavigableMap<Integer, UploadedPart> after(int number) {
    return parts.tailMap(number, false);
  }
}
