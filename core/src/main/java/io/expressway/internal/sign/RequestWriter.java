package io.expressway.internal.sign;

import io.expressway.AccessKey;
import io.expressway.Encryption;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one request's head and its Signature Version 4 at once: each header goes to the request
 * and to the canonical request in one step, so headers must come in the order of their names.
 *
 * <p>Allocates nothing per request. Source: AWS General Reference, "Create a signed AWS API
 * request"; S3 API, "Signature calculations"; for sessions "CreateSession" and the SDKs' {@code
 * sigv4-s3express} (read on 2026-11-22). Confined to one event loop.
 */
public final class RequestWriter {
  private static final byte[] HTTP = ascii(" HTTP/1.1\r\n");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] UNSIGNED = ascii("UNSIGNED-PAYLOAD");
  private static final byte[] ALGORITHM = ascii("AWS4-HMAC-SHA256");
  private static final byte[] HOST = ascii("host");
  private static final byte[] RANGE = ascii("range");
  private static final byte[] DATE = ascii("x-amz-date");
  private static final byte[] SHA = ascii("x-amz-content-sha256");
  private static final byte[] BYTES = ascii("bytes=");
  private static final byte[] SESSION_TOKEN = ascii("x-amz-s3session-token");
  private static final byte[] SECURITY_TOKEN = ascii("x-amz-security-token");
  private static final byte[] AUTHORIZATION = ascii("authorization: ");
  private static final byte[] CREDENTIAL = ascii(" Credential=");
  private static final byte[] SIGNED_HEADERS = ascii(", SignedHeaders=");
  private static final byte[] SIGNATURE = ascii(", Signature=");

  private final String region;
  private final String service;
  private final MessageDigest sha256;
  private final Ascii request = new Ascii(4096);
  private final Ascii canonical = new Ascii(4096);
  private final Ascii names = new Ascii(256);
  private final Ascii toSign = new Ascii(256);
  private final AmzDate date = new AmzDate();
  private final byte[] digest = new byte[32];
  private Encryption encryption = Encryption.bucketDefault();
  private @Nullable SigningKey signingKey;

  /** A writer for one Region and service ({@code s3express} or {@code s3}). */
  public RequestWriter(String region, String service) {
    this.region = region;
    this.service = service;
    this.sha256 = HmacSha256.sha256();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Begins a request.
   *
   * @param method the HTTP method
   * @param path the absolute path, not encoded
   * @param query the query, encoded and sorted by name; empty for none
   */
  public RequestWriter begin(String method, String path, String query) {
    return begin(method, path, "", query);
  }

  /** The same with a path in two pieces, which need not be joined first. */
  public RequestWriter begin(String method, String prefix, String key, String query) {
    request.clear();
    canonical.clear();
    names.clear();
    encryption = Encryption.bucketDefault();
    request.put(method).put(' ');
    int target = request.length();
    UriEncoding.path(request, prefix);
    UriEncoding.path(request, key);
    canonical.put(method).put('\n').put(request.array(), target, request.length() - target);
    canonical.put('\n').put(query).put('\n');
    if (!query.isEmpty()) {
      request.put('?').put(query);
    }
    request.put(HTTP);
    return this;
  }

  /** A header that is sent but not signed. */
  public RequestWriter unsigned(String name, String value) {
    request.put(name).put(':').put(' ').put(value).put(CRLF);
    return this;
  }

  /** A header that is sent but not signed. */
  public RequestWriter unsigned(String name, long value) {
    request.put(name).put(':').put(' ').put(value).put(CRLF);
    return this;
  }

  /** A signed header; its name is in lower case and sorts after the one before. */
  public RequestWriter header(String name, String value) {
    request.put(name).put(':').put(' ').put(value).put(CRLF);
    canonical.put(name).put(':').put(value).put('\n');
    names.put(name).put(';');
    return this;
  }

  private RequestWriter header(byte[] name, byte[] value, int count) {
    request.put(name).put(':').put(' ').put(value, 0, count).put(CRLF);
    canonical.put(name).put(':').put(value, 0, count).put('\n');
    names.put(name).put(';');
    return this;
  }

  /** The {@code Host} header. */
  public RequestWriter host(byte[] value) {
    return header(HOST, value, value.length);
  }

  /** {@code Range: bytes=first-last}; an open end when {@code last} is negative. */
  public RequestWriter range(long first, long last) {
    toSign.clear();
    toSign.put(BYTES).put(first).put('-');
    if (last >= 0) {
      toSign.put(last);
    }
    return header(RANGE, toSign.array(), toSign.length());
  }

  /** {@code Range: bytes=-count}, the last bytes. */
  public RequestWriter suffixRange(long count) {
    toSign.clear();
    toSign.put(BYTES).put('-').put(count);
    return header(RANGE, toSign.array(), toSign.length());
  }

  /** {@code x-amz-content-sha256: UNSIGNED-PAYLOAD}. */
  public RequestWriter unsignedPayload() {
    return header(SHA, UNSIGNED, UNSIGNED.length);
  }

  /** {@code x-amz-date} at this moment, in seconds since 1970. */
  public RequestWriter date(long epochSecond) {
    date.at(epochSecond);
    return header(DATE, date.text(), date.text().length);
  }

  /** User metadata, sorted by name. Sent as it is; signed with runs of spaces as one. */
  public RequestWriter metadata(Map<String, String> entries) {
    if (!entries.isEmpty()) {
      entries.forEach((name, value) -> text("x-amz-meta-" + name, value));
    }
    return this;
  }

  private void text(String name, String value) {
    request.put(name).put(':').put(' ').put(value).put(CRLF);
    String single = value.contains("  ") ? value.replaceAll(" +", " ") : value;
    canonical.put(name).put(':').put(single).put('\n');
    names.put(name).put(';');
  }

  /**
   * How what is stored is encrypted. It is said by requests that are not signed with a session: a
   * session has it pinned.
   */
  public RequestWriter encryption(Encryption how) {
    encryption = how;
    return this;
  }

  /** The token that goes with {@code key}, if it has one; after {@code x-amz-meta-} headers. */
  public RequestWriter token(AccessKey key) {
    String token = key.token().orElse(null);
    if (token != null) {
      byte[] name = key.isSession() ? SESSION_TOKEN : SECURITY_TOKEN;
      request.put(name).put(':').put(' ').put(token).put(CRLF);
      canonical.put(name).put(':').put(token).put('\n');
      names.put(name).put(';');
    }
    if (!key.isSession() && encryption.algorithm().isPresent()) {
      writeEncryption();
    }
    return this;
  }

  private void writeEncryption() {
    String name = "x-amz-server-side-encryption";
    encryption.algorithm().ifPresent(algorithm -> header(name, algorithm));
    encryption.kmsKey().ifPresent(id -> header(name + "-aws-kms-key-id", id));
    encryption.encodedContext().ifPresent(context -> header(name + "-context", context));
  }

  /** Signs with {@code key} and writes the whole head to {@code target}. */
  public void finish(AccessKey key, ByteBuf target) {
    SigningKey signing = signingKey(key);
    int nameCount = names.length() - 1;
    canonical.put('\n').put(names.array(), 0, nameCount).put('\n').put(UNSIGNED);
    request.put(AUTHORIZATION).put(ALGORITHM).put(CREDENTIAL).put(signing.credential());
    request.put(SIGNED_HEADERS).put(names.array(), 0, nameCount).put(SIGNATURE);
    sign(signing);
    request.hex(digest, digest.length).put(CRLF).put(CRLF);
    target.writeBytes(request.array(), 0, request.length());
  }

  private void sign(SigningKey signing) {
    try {
      sha256.update(canonical.array(), 0, canonical.length());
      sha256.digest(digest, 0, digest.length);
      toSign.clear();
      toSign.put(ALGORITHM).put('\n').put(date.text()).put('\n').put(signing.scope()).put('\n');
      toSign.hex(digest, digest.length);
      signing.sign(toSign.array(), toSign.length(), digest);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes", e);
    }
  }

  private SigningKey signingKey(AccessKey key) {
    SigningKey current = signingKey;
    if (current == null || !current.serves(key, date.epochDay())) {
      current = new SigningKey(key, date.epochDay(), date.day(), region, service);
      signingKey = current;
    }
    return current;
  }
}
