package io.expressway.testkit.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * ListObjectsV2 of one bucket.
 *
 * <p>Source: API reference, ListObjectsV2 (for directory buckets: order, prefix, delimiter,
 * StartAfter, CommonPrefixes of in-progress uploads), read on 2026-11-22.
 */
final class Listing {
  private static final int MOST_KEYS = 1000;

  private final S3Request request;
  private final DirectoryBucket bucket;
  private final String prefix;
  private final @Nullable String delimiter;
  private final boolean encoded;
  private final int most;
  private final List<Entry> entries = new ArrayList<>();
  private @Nullable String next;

  /** A key with its object, or a common prefix without one. */
  private record Entry(String name, @Nullable StoredObject object) {
    ContinuationToken token() {
      return new ContinuationToken(object == null, name);
    }
  }

  private Listing(S3Request request, DirectoryBucket bucket) {
    this.request = request;
    this.bucket = bucket;
    this.prefix = prefix(request);
    this.delimiter = delimiter(request);
    this.encoded = encoded(request);
    this.most = Numbers.limit(request, "max-keys", MOST_KEYS);
  }

  static S3Response answer(S3Request request, DirectoryBucket bucket) {
    if (request.header("x-amz-optional-object-attributes") != null) {
      throw Refusals.notImplemented(
          "Directory buckets do not support x-amz-optional-object-attributes.");
    }
    Listing listing = new Listing(request, bucket);
    listing.collect();
    return S3Response.xml(200, Map.of(), listing.document());
  }

  /**
   * The prefix, empty or a directory.
   *
   * <p>Source: API reference, ListObjectsV2 ("only prefixes that end in a delimiter (/) are
   * supported"); the message is the service's own, quoted in
   * awslabs/aws-s3-transfer-manager-rs#112.
   */
  static String prefix(S3Request request) {
    String prefix = request.param("prefix");
    if (prefix == null || prefix.isEmpty()) {
      return "";
    }
    if (!prefix.endsWith("/")) {
      throw Refusals.invalidRequest(
          "This bucket does not support a prefix that does not end in a delimiter. Specify a prefix"
              + " path ending with a delimiter and try again.");
    }
    return prefix;
  }

  /** The delimiter, which can only be a slash; null when none was sent. */
  static @Nullable String delimiter(S3Request request) {
    String delimiter = request.param("delimiter");
    if (delimiter == null || delimiter.isEmpty()) {
      return null;
    }
    if (!delimiter.equals("/")) {
      throw Refusals.invalidRequest(
          "This bucket does not support the delimiter " + delimiter + ", only /.");
    }
    return delimiter;
  }

  /** Whether {@code encoding-type=url} was asked for. */
  static boolean encoded(S3Request request) {
    String type = request.param("encoding-type");
    if (type == null || type.isEmpty()) {
      return false;
    }
    if (!type.equals("url")) {
      throw Refusals.invalidArgument(
          "encoding-type", type, "Invalid Encoding Method specified in Request");
    }
    return true;
  }

  private void collect() {
    if (most == 0) {
      return;
    }
    String token = request.param("continuation-token");
    ContinuationToken from = token == null ? null : ContinuationToken.parse(token, scope());
    Iterator<String> keys = from(from).iterator();
    String current = from != null && from.prefix() ? from.value() : null;
    while (keys.hasNext()) {
      String key = keys.next();
      if (!key.startsWith(prefix)) {
        return;
      }
      if (current != null && key.startsWith(current)) {
        continue;
      }
      String group = group(key);
      current = group;
      StoredObject object = group == null ? bucket.find(key) : null;
      if (group == null && object == null) {
        continue;
      }
      if (entries.size() == most) {
        next = entries.get(most - 1).token().text(scope());
        return;
      }
      entries.add(new Entry(group == null ? key : group, object));
    }
  }

  private NavigableSet<String> from(@Nullable ContinuationToken token) {
    NavigableSet<String> keys = delimiter == null ? bucket.keys() : bucket.keysAndUploads();
    if (token != null) {
      return keys.tailSet(token.value(), token.prefix());
    }
    return keys.tailSet(prefix, true);
  }

  /** The common prefix that hides a key, null when the key is listed itself. */
  private @Nullable String group(String key) {
    int slash = delimiter == null ? -1 : key.indexOf('/', prefix.length());
    return slash < 0 ? null : key.substring(0, slash + 1);
  }

  private String scope() {
    return bucket.name() + '\n' + prefix + '\n' + delimiter;
  }

  private String document() {
    XmlBody xml =
        new XmlBody("ListBucketResult")
            .text("Name", bucket.name())
            .text("Prefix", name(prefix))
            .text("Delimiter", delimiter)
            .text("EncodingType", encoded ? "url" : null)
            .text("ContinuationToken", request.param("continuation-token"))
            .text("NextContinuationToken", next)
            .number("KeyCount", entries.size())
            .number("MaxKeys", most)
            .flag("IsTruncated", next != null);
    boolean owner = "true".equals(request.param("fetch-owner"));
    entries.forEach(entry -> describe(xml, entry, owner));
    return xml.document();
  }

  private void describe(XmlBody xml, Entry entry, boolean owner) {
    StoredObject object = entry.object();
    if (object == null) {
      xml.open("CommonPrefixes").text("Prefix", name(entry.name())).close("CommonPrefixes");
      return;
    }
    xml.open("Contents")
        .text("Key", name(entry.name()))
        .date("LastModified", object.modified())
        .text("ETag", object.etag());
    ObjectChecksum checksum = object.checksum();
    if (checksum != null) {
      xml.text("ChecksumAlgorithm", checksum.algorithm().name());
      xml.text("ChecksumType", checksum.type());
    }
    xml.number("Size", object.size()).text("StorageClass", "EXPRESS_ONEZONE");
    if (owner) {
      owner(xml, "Owner");
    }
    xml.close("Contents");
  }

  /** The one account of this server. */
  static void owner(XmlBody xml, String element) {
    xml.open(element).text("ID", Buckets.ACCOUNT).close(element);
  }

  private String name(String key) {
    return encoded ? encode(key) : key;
  }

  /** Percent-encodes all but unreserved characters and slashes, UTF-8. */
  static String encode(String key) {
    StringBuilder out = new StringBuilder(key.length() + 16);
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      if (plain(b)) {
        out.append((char) b);
      } else {
        out.append('%').append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)));
        out.append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
    return out.toString();
  }

  private static boolean plain(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '_'
        || b == '.'
        || b == '~'
        || b == '/';
  }
}
