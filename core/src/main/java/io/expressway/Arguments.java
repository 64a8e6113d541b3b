package io.expressway;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * What a caller may ask of any bucket, checked before any request. Each check gives its argument
 * back, or throws {@link IllegalArgumentException} saying what is wrong and what would do.
 */
final class Arguments {
  /** S3 User Guide, "Naming Amazon S3 objects", read on 2026-11-22. */
  private static final int LONGEST_KEY_BYTES = 1024;

  private Arguments() {}

  /**
   * An object's key: 1 to 1,024 bytes of UTF-8, without the control characters that no S3 answer in
   * XML could name again (tab, line feed and carriage return can be named).
   */
  static String key(String key) {
    if (Objects.requireNonNull(key, "key").isEmpty()) {
      throw new IllegalArgumentException("key must not be empty: name one object of the bucket");
    }
    return text("key", key);
  }

  /** The request, its key checked. */
  static ReadRequest request(ReadRequest request) {
    key(request.key());
    return request;
  }

  /** The ranges of a vectored read, which may be none. */
  static List<ByteRange> ranges(List<ByteRange> ranges) {
    int missing = ranges.stream().map(Objects::isNull).toList().indexOf(true);
    if (missing >= 0) {
      throw new IllegalArgumentException("ranges must not be null, but number " + missing + " is");
    }
    return ranges;
  }

  /** Connections to open, as many as the options allow. */
  static int connections(int wanted, int most) {
    if (wanted < 1 || wanted > most) {
      throw new IllegalArgumentException(
          "connections must be 1 to "
              + most
              + ", as the options have it, but is "
              + wanted
              + ": raise ExpressOptions.concurrentRequests");
    }
    return wanted;
  }

  /**
   * A listing, its prefix checked: a directory bucket knows directories only, so there it is empty
   * or ends in {@code /} (S3 API, ListObjectsV2, read on 2026-11-22).
   */
  static ListRequest listing(BucketName bucket, ListRequest request) {
    prefix(bucket, request.prefix());
    return request;
  }

  /** A listing's prefix, which may be empty. */
  static String prefix(BucketName bucket, String prefix) {
    text("prefix", prefix);
    if (bucket.zone().isPresent() && !prefix.isEmpty() && !prefix.endsWith("/")) {
      String parent = prefix.substring(0, prefix.lastIndexOf('/') + 1);
      throw new IllegalArgumentException(
          "prefix \""
              + prefix
              + "\" must end in '/': directory bucket "
              + bucket
              + " lists whole directories only; list under \""
              + parent
              + "\" and keep the keys that begin with the prefix");
    }
    return prefix;
  }

  /** A prefix of whole directories, in a bucket of any kind. */
  static String directory(String prefix) {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw new IllegalArgumentException(
          "prefix must be empty or end in '/', but is \"" + prefix + "\"");
    }
    return text("prefix", prefix);
  }

  /** Memory to read into: writable, with room for the range as far as its length is known. */
  static ByteBuffer target(ByteBuffer target, ByteRange range) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("target is read-only: pass a buffer that can be written");
    }
    if (range.length() > target.remaining()) {
      throw new IllegalArgumentException(
          "target has room for "
              + target.remaining()
              + " bytes, but range "
              + range
              + " asks for "
              + range.length());
    }
    return target;
  }

  /** An object's key, and what is to be stored there. */
  static String key(String key, ByteBuffer body) {
    key(key);
    Objects.requireNonNull(body, "body must not be null: an empty buffer stores an empty object");
    return key;
  }

  /** An append: at or behind the beginning, of at least one byte. */
  static void append(String key, long offset, ByteBuffer body) {
    key(key, body);
    if (offset < 0) {
      throw new IllegalArgumentException("the offset must not be negative, but is " + offset);
    }
    if (!body.hasRemaining()) {
      throw new IllegalArgumentException(
          "an append to " + key + " needs at least one byte: an empty body adds nothing");
    }
  }

  /** A rename: two different keys, neither a directory (S3 API, RenameObject, 2026-11-22). */
  static void rename(String from, String to) {
    for (String each : List.of(key(from), key(to))) {
      if (each.endsWith("/")) {
        throw new IllegalArgumentException(
            "key must not end in '/' to be renamed: \"" + each + "\" names a directory");
      }
    }
    if (from.equals(to)) {
      throw new IllegalArgumentException("key must change by a rename, but both are " + from);
    }
  }

  /** A copy: onto another key, or with metadata of its own (S3 API, CopyObject, 2026-11-22). */
  static void copy(CopyRequest request) {
    boolean same = key(request.from()).equals(key(request.to()));
    if (same && request.sourceBucket().isEmpty() && !request.replacesMetadata()) {
      throw new IllegalArgumentException(
          "key must change by a copy unless the metadata does: both are " + request.to());
    }
  }

  /** How to go on with an upload of this bucket: with the checksum it was begun with. */
  static UploadOptions token(BucketName bucket, UploadToken token, UploadOptions options) {
    key(token.key());
    if (!token.bucket().equals(bucket)) {
      throw new IllegalArgumentException(
          "the token is of an upload to " + token.bucket() + ", not to " + bucket);
    }
    return options.storedWith(options.how().checksum(token.checksum()));
  }

  /** Keys to delete, which may be none. */
  static void keys(List<String> keys) {
    keys.forEach(Arguments::key);
  }

  /** Several buffers to read into: writable, with room for the range together. */
  static List<ByteBuffer> targets(List<ByteBuffer> targets, ByteRange range) {
    int readOnly = targets.stream().map(ByteBuffer::isReadOnly).toList().indexOf(true);
    if (readOnly >= 0) {
      throw new IllegalArgumentException(
          "targets must not be read-only, but number " + readOnly + " is");
    }
    long room = targets.stream().mapToLong(ByteBuffer::remaining).sum();
    if (range.length() > room) {
      throw new IllegalArgumentException(
          "targets have room for "
              + room
              + " bytes, but range "
              + range
              + " asks for "
              + range.length());
    }
    return targets;
  }

  private static String text(String what, String value) {
    int bytes = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isControl(c)) {
        throw refused(what, c, i, "is a control character that S3 cannot name in its answers");
      }
      if (!Character.isSurrogate(c)) {
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        throw refused(what, c, i, "is half of a surrogate pair and has no UTF-8 form");
      }
    }
    if (bytes > LONGEST_KEY_BYTES) {
      throw new IllegalArgumentException(
          what + " must have at most 1024 bytes of UTF-8, but has " + bytes + beginning(value));
    }
    return value;
  }

  private static String beginning(String value) {
    return ": it begins with \"" + value.substring(0, value.offsetByCodePoints(0, 40)) + "\"";
  }

  /** What XML 1.0, 2.2 leaves out of its characters. */
  private static boolean isControl(char c) {
    return (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c >= '\uFFFE';
  }

  private static IllegalArgumentException refused(String what, char c, int index, String why) {
    return new IllegalArgumentException(
        String.format("%s must not contain U+%04X (index %d): it %s", what, (int) c, index, why));
  }
}
