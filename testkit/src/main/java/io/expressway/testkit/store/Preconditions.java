package io.expressway.testkit.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The four conditional headers, in the order of precedence of RFC 9110, 13.2.2.
 *
 * <p>Source: API reference, GetObject ("If both of the If-Match and If-Unmodified-Since headers are
 * present ..."), CopyObject and RenameObject for the prefixed forms, read on 2026-11-22.
 *
 * @param ifMatch entity tags, or {@code *}
 * @param ifNoneMatch entity tags, or {@code *}
 * @param ifModifiedSince null when absent or no date
 * @param ifUnmodifiedSince null when absent or no date
 */
record Preconditions(
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable Instant ifModifiedSince,
    @Nullable Instant ifUnmodifiedSince) {

  private static final Preconditions NONE = new Preconditions(null, null, null, null);

  /** What the headers say of one object. */
  enum Verdict {
    HOLDS,
    NOT_MODIFIED,
    FAILED
  }

  /** Reads {@code <prefix>if-match} and its kin. */
  static Preconditions of(S3Request request, String prefix) {
    String match = request.header(prefix + "if-match");
    String noneMatch = request.header(prefix + "if-none-match");
    Instant modified = HttpDates.parse(request.header(prefix + "if-modified-since"));
    Instant unmodified = HttpDates.parse(request.header(prefix + "if-unmodified-since"));
    return match == null && noneMatch == null && modified == null && unmodified == null
        ? NONE
        : new Preconditions(match, noneMatch, modified, unmodified);
  }

  boolean none() {
    return equals(NONE);
  }

  /** Judges an object that exists. */
  Verdict judge(StoredObject object) {
    if (ifMatch != null) {
      if (!names(ifMatch, object.etag())) {
        return Verdict.FAILED;
      }
    } else if (ifUnmodifiedSince != null && object.modified().isAfter(ifUnmodifiedSince)) {
      return Verdict.FAILED;
    }
    if (ifNoneMatch != null) {
      return names(ifNoneMatch, object.etag()) ? Verdict.NOT_MODIFIED : Verdict.HOLDS;
    }
    return ifModifiedSince != null && !object.modified().isAfter(ifModifiedSince)
        ? Verdict.NOT_MODIFIED
        : Verdict.HOLDS;
  }

  /**
   * Demands all for the source of a copy or a rename.
   *
   * @throws S3Error 412 PreconditionFailed
   */
  void requireSource(StoredObject source) {
    if (judge(source) != Verdict.HOLDS) {
      throw failed("the source object");
    }
  }

  /**
   * Demands all for the object that a write would replace.
   *
   * <p>Source: User Guide, conditional-writes: If-None-Match takes only {@code *} (412 when the key
   * exists), If-Match on an absent key is 404; API reference, RenameObject for the dates.
   *
   * @param current the object now under the key, null when there is none
   * @throws S3Error 412 PreconditionFailed, 404 NoSuchKey, or 501 for another If-None-Match
   */
  void requireTarget(@Nullable StoredObject current, String key) {
    if (ifNoneMatch != null && !ifNoneMatch.equals("*")) {
      throw Refusals.notImplemented(
              "If-None-Match takes only * on writes, not " + ifNoneMatch + ".")
          .with("Header", "If-None-Match");
    }
    if (current == null) {
      if (ifMatch != null) {
        throw Refusals.noSuchKey(key);
      }
      if (ifModifiedSince != null) {
        throw failed("If-Modified-Since");
      }
      return;
    }
    if (judge(current) != Verdict.HOLDS) {
      throw failed(ifNoneMatch != null ? "If-None-Match" : "If-Match");
    }
  }

  /** The 412 of S3. */
  static S3Error failed(String condition) {
    return new S3Error(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold")
        .with("Condition", condition);
  }

  /** Whether a header that lists entity tags, quoted or bare, names this one. */
  static boolean names(String header, String etag) {
    String bare = bare(etag);
    for (String each : header.split(",", -1)) {
      String tag = bare(each.trim());
      if (tag.equals("*") || tag.equals(bare)) {
        return true;
      }
    }
    return false;
  }

  private static String bare(String etag) {
    String tag = etag.startsWith("W/") ? etag.substring(2) : etag;
    return tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"")
        ? tag.substring(1, tag.length() - 1)
        : tag;
  }
}
