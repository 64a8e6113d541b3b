package io.expressway.internal.http;

import io.expressway.BucketName;
import io.expressway.ExpressOptions;
import io.netty.util.NetUtil;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Where a bucket's requests go and what they say of it.
 *
 * <p>Rules: S3 User Guide, "Regional and Zonal endpoints for directory buckets"; with an endpoint
 * of the caller's, the AWS endpoint rule set for S3: an IP address is addressed by path, a name as
 * {@code bucket.name} (read on 2026-11-22).
 *
 * @param tls whether to encrypt
 * @param host the name to resolve, connect to and verify
 * @param port the TCP port
 * @param hostHeader the {@code Host} header
 * @param pathPrefix what stands before a key: {@code /}, or {@code /bucket/}
 */
record Endpoint(boolean tls, String host, int port, String hostHeader, String pathPrefix) {

  /** A directory bucket's zonal endpoint. */
  static Endpoint zonal(BucketName bucket, String region, ExpressOptions options) {
    return options
        .endpoint()
        .map(address -> custom(bucket, address))
        .orElseGet(
            () ->
                aws(
                    bucket
                        + ".s3express-"
                        + bucket.zone().orElseThrow()
                        + "."
                        + region
                        + suffix(region)));
  }

  /** A general-purpose bucket's Regional endpoint. */
  static Endpoint regional(BucketName bucket, String region, ExpressOptions options) {
    if (options.endpoint().isPresent()) {
      return custom(bucket, options.endpoint().get());
    }
    String host = "s3." + region + suffix(region);
    // A certificate's wildcard covers one label, so names with dots are addressed by path.
    return bucket.toString().contains(".")
        ? new Endpoint(true, host, 443, host, "/" + bucket + "/")
        : aws(bucket + "." + host);
  }

  private static String suffix(String region) {
    return region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  }

  private static Endpoint aws(String host) {
    return new Endpoint(true, host, 443, host, "/");
  }

  private static Endpoint custom(BucketName bucket, URI address) {
    boolean tls = "https".equals(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
    String literal = address.getHost();
    String host = literal.startsWith("[") ? literal.substring(1, literal.length() - 1) : literal;
    String authority = address.getPort() >= 0 ? literal + ":" + port : literal;
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return new Endpoint(tls, host, port, authority, "/" + bucket + "/");
    }
    return new Endpoint(tls, bucket + "." + host, port, bucket + "." + authority, "/");
  }

  /** Whether the name means this machine whatever a resolver says (RFC 6761, 6.3). */
  boolean isLocalhost() {
    return host.equals("localhost") || host.endsWith(".localhost");
  }

  byte[] hostHeaderBytes() {
    return hostHeader.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + hostHeader;
  }
}
