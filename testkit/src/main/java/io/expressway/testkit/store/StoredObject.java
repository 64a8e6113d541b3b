package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object as it stands: immutable, replaced as a whole by every write.
 *
 * <p>The response headers of a plain read are made once, here, so that a GET costs no formatting.
 */
final class StoredObject {
  private final ByteBuffer body;
  private final String etag;
  private final Instant modified;
  private final Attributes attributes;
  private final @Nullable ObjectChecksum checksum;
  private final List<Part> parts;
  private final boolean multipart;
  private final Map<String, String> headers;

  /**
   * The spare room behind the body. Appends write into it, past the end of every slice handed out,
   * so that a long log is not copied on each append. Only the current object of a key has one: a
   * copy has none, else two objects would append into the same room.
   */
  private final @Nullable ByteBuffer room;

  /**
   * What a client may say about an object.
   *
   * @param metadata content headers and {@code x-amz-meta-*}, lower-case names
   * @param sse server-side-encryption headers
   */
  record Attributes(Map<String, String> metadata, Map<String, String> sse) {}

  /**
   * One part of a multipart upload, or one append.
   *
   * @param size bytes
   * @param checksum the checksum sent with the part, null when none was
   */
  record Part(int size, @Nullable ObjectChecksum checksum) {}

  private StoredObject(
      ByteBuffer body,
      String etag,
      Instant modified,
      Attributes attributes,
      @Nullable ObjectChecksum checksum,
      List<Part> parts,
      boolean multipart,
      @Nullable ByteBuffer room) {
    this.body = body.asReadOnlyBuffer();
    this.etag = etag;
    this.modified = modified;
    this.attributes = attributes;
    this.checksum = checksum;
    this.parts = List.copyOf(parts);
    this.multipart = multipart;
    this.room = room;
    this.headers = Map.copyOf(describe());
  }

  /** An object written in one piece. */
  static StoredObject whole(
      ByteBuffer body,
      String etag,
      Instant modified,
      Attributes attributes,
      @Nullable ObjectChecksum checksum) {
    List<Part> parts = List.of(new Part(body.remaining(), checksum));
    return new StoredObject(body, etag, modified, attributes, checksum, parts, false, null);
  }

  /** An object put together from the parts of an upload. */
  static StoredObject assembled(
      ByteBuffer body,
      String etag,
      Instant modified,
      Attributes attributes,
      @Nullable ObjectChecksum checksum,
      List<Part> parts) {
    return new StoredObject(body, etag, modified, attributes, checksum, parts, true, null);
  }

  /** This object with more bytes behind it. Call under the lock of the bucket. */
  StoredObject appended(
      ByteBuffer more, String newEtag, Instant now, @Nullable ObjectChecksum sum, List<Part> all) {
    ByteBuffer grown = grow(more.remaining());
    grown.duplicate().position(size()).put(more.duplicate());
    ByteBuffer bytes = grown.duplicate().position(0).limit(size() + more.remaining());
    return new StoredObject(bytes.slice(), newEtag, now, attributes, sum, all, multipart, grown);
  }

  /** The same object, still current, with another checksum. */
  StoredObject with(@Nullable ObjectChecksum sum) {
    return new StoredObject(body, etag, modified, attributes, sum, parts, multipart, room);
  }

  private ByteBuffer grow(int extra) {
    long wanted = (long) size() + extra;
    if (wanted > Integer.MAX_VALUE) {
      throw tooLarge(wanted);
    }
    if (room != null && room.capacity() >= wanted) {
      return room;
    }
    int capacity = (int) Math.min(Integer.MAX_VALUE, Math.max(wanted * 2, 4096));
    ByteBuffer larger = ByteBuffer.allocateDirect(capacity);
    larger.duplicate().put(body.duplicate());
    return larger;
  }

  /** This server keeps an object in one buffer, so 2 GiB is its largest. */
  static S3Error tooLarge(long bytes) {
    return new S3Error(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum object size of this test server, 2147483647.")
        .with("ProposedSize", Long.toString(bytes));
  }

  /** All bytes: direct, read-only, a view of its own. */
  ByteBuffer body() {
    return body.duplicate();
  }

  /** Some bytes, without copying. */
  ByteBuffer slice(int offset, int length) {
    return body.slice(offset, length);
  }

  int size() {
    return body.limit();
  }

  /** Quoted. */
  String etag() {
    return etag;
  }

  /** To the second. */
  Instant modified() {
    return modified;
  }

  Attributes attributes() {
    return attributes;
  }

  @Nullable ObjectChecksum checksum() {
    return checksum;
  }

  List<Part> parts() {
    return parts;
  }

  /** Whether the object came from a multipart upload. */
  boolean multipart() {
    return multipart;
  }

  /** The response headers of a plain 200, without a checksum; immutable. */
  Map<String, String> headers() {
    return headers;
  }

  private Map<String, String> describe() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("content-type", "binary/octet-stream");
    all.putAll(attributes.metadata());
    all.put("etag", etag);
    all.put("last-modified", HttpDates.header(modified));
    all.put("accept-ranges", "bytes");
    all.put("x-amz-storage-class", "EXPRESS_ONEZONE");
    all.putAll(attributes.sse());
    return all;
  }
}
