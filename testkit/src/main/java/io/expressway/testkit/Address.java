package io.expressway.testkit;

import io.expressway.testkit.auth.RawTarget;
import io.expressway.testkit.store.S3Error;
import org.jspecify.annotations.Nullable;

/**
 * The bucket and the key that a request names.
 *
 * <p>Zonal endpoints take virtual-hosted requests only, the control endpoint path style only
 * (Amazon S3 User Guide, "Networking for directory buckets", read on 2026-11-22). Path style on the
 * zonal endpoint is a convenience of this server, because SDKs use it when the endpoint is an IP
 * address.
 *
 * @param bucket the bucket, or null
 * @param key the decoded key, or null
 * @param controlPlane true on the control host, and for path-style requests without a key
 */
record Address(@Nullable String bucket, @Nullable String key, boolean controlPlane) {
  private static final String CONTROL_HOST = "s3express-control";

  /**
   * Reads the address of a request.
   *
   * @param host the Host header, with or without a port; null when there was none
   * @throws S3Error 400 when the bucket stands in the path and that is not allowed
   */
  static Address of(@Nullable String host, RawTarget target, boolean pathStyle) {
    String path = target.decodedPath();
    String bucket = host == null ? null : bucketOf(host);
    if (bucket != null) {
      return new Address(bucket, emptyToNull(path.substring(1)), false);
    }
    if (path.equals("/")) {
      return new Address(null, null, true);
    }
    boolean control = host != null && host.startsWith(CONTROL_HOST);
    if (!pathStyle && !control) {
      throw new S3Error(
          400,
          "InvalidRequest",
          "Path-style requests are not supported: put the bucket into the host name.");
    }
    return ofPath(path);
  }

  private static Address ofPath(String path) {
    int slash = path.indexOf('/', 1);
    String bucket = slash < 0 ? path.substring(1) : path.substring(1, slash);
    if (bucket.isEmpty()) {
      throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
    }
    String key = slash < 0 ? null : emptyToNull(path.substring(slash + 1));
    return new Address(bucket, key, key == null);
  }

  /** The first label of the host when it looks like a directory bucket or its access point. */
  private static @Nullable String bucketOf(String host) {
    int dot = host.indexOf('.');
    String label = dot < 0 ? host : host.substring(0, dot);
    return dot > 0 && (label.contains("--x-s3") || label.contains("--xa-s3")) ? label : null;
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
