package io.expressway.testkit.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DeleteObject and DeleteObjects. Source: API reference of both, read on 2026-11-22. */
final class ObjectDeletes {
  private static final int MOST_KEYS = 1000;

  private ObjectDeletes() {}

  /**
   * What must be true of the object that is deleted; an absent object satisfies everything.
   *
   * <p>Source: API reference, DeleteObject ("If the Timestamp matches or if the object doesn't
   * exist, the operation returns a 204"), read on 2026-11-22.
   */
  private record Conditions(
      @Nullable String etag, @Nullable String modified, @Nullable String size) {

    void require(StoredObject object) {
      if (etag != null && !Preconditions.names(etag, object.etag())) {
        throw Preconditions.failed("If-Match");
      }
      if (modified != null && !object.modified().equals(instant(modified))) {
        throw Preconditions.failed("x-amz-if-match-last-modified-time");
      }
      if (size != null && Numbers.notNegative(size, "x-amz-if-match-size") != object.size()) {
        throw Preconditions.failed("x-amz-if-match-size");
      }
    }

    private static @Nullable Instant instant(String text) {
      Instant instant = HttpDates.parse(text);
      if (instant == null) {
        throw Refusals.invalidArgument(
            "x-amz-if-match-last-modified-time", text, "The timestamp is not a date");
      }
      return instant;
    }
  }

  static S3Response one(S3Request request, DirectoryBucket bucket, String key) {
    ObjectReads.requireNullVersion(request);
    WriteHeaders.refuseUnsupported(request);
    Conditions conditions =
        new Conditions(
            request.header("if-match"),
            request.header("x-amz-if-match-last-modified-time"),
            request.header("x-amz-if-match-size"));
    bucket.remove(key, conditions::require);
    return S3Response.empty(204, Map.of());
  }

  /** Deletes key by key: each has a result of its own, and none undoes another. */
  static S3Response many(S3Request request, DirectoryBucket bucket) {
    WriteHeaders.refuseUnsupported(request);
    Checksums.requireForDocument(request);
    XmlNode root = XmlNode.parse(request.body(), "Delete");
    List<XmlNode> wanted = root.all("Object");
    if (wanted.isEmpty() || wanted.size() > MOST_KEYS) {
      throw Refusals.malformedXml(
          "<Delete> takes 1 to 1000 <Object> elements, this one has " + wanted.size() + ".");
    }
    boolean quiet = "true".equals(root.value("Quiet"));
    XmlBody xml = new XmlBody("DeleteResult");
    wanted.forEach(each -> deleteOne(bucket, each, quiet, xml));
    return S3Response.xml(200, Map.of(), xml.document());
  }

  private static void deleteOne(
      DirectoryBucket bucket, XmlNode wanted, boolean quiet, XmlBody xml) {
    String key = wanted.required("Key");
    try {
      requireDeletable(key, wanted.value("VersionId"));
      Conditions conditions =
          new Conditions(
              wanted.value("ETag"), wanted.value("LastModifiedTime"), wanted.value("Size"));
      bucket.remove(key, conditions::require);
      if (!quiet) {
        xml.open("Deleted").text("Key", key).close("Deleted");
      }
    } catch (S3Error e) {
      xml.open("Error")
          .text("Key", key)
          .text("Code", e.code())
          .text("Message", e.message())
          .close("Error");
    }
  }

  /**
   * What a key in the document may be.
   *
   * <p>Source: API reference, DeleteObjects and ObjectIdentifier (for directory buckets: at least
   * one character that is not white space, no control character but tab, line feed and carriage
   * return; only the null version), read on 2026-11-22.
   */
  private static void requireDeletable(String key, @Nullable String version) {
    boolean control = key.chars().anyMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r');
    if (key.isBlank() || control) {
      throw Refusals.invalidArgument("Key", key, "The key is blank or has a control character");
    }
    if (version != null && !version.isEmpty() && !version.equals("null")) {
      throw Refusals.invalidArgument("VersionId", version, "Invalid version id specified");
    }
  }
}
