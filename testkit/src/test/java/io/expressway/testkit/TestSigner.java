package io.expressway.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests and sends them with the JDK's HTTP client; shares nothing with the server. Every
 * part can be made wrong on purpose. Immutable; its requests are confined to one thread.
 *
 * @param zone where requests go, path style, to its first bucket unless said
 * @param region of the scope
 * @param service of the scope
 * @param keyId the access key id
 * @param secret the secret
 * @param tokenName the header that carries the token
 * @param token the token, or null
 * @param at the time of the request
 */
record TestSigner(
    Zone zone,
    String region,
    String service,
    String keyId,
    String secret,
    String tokenName,
    @Nullable String token,
    Instant at) {

  static final String SESSION_TOKEN = "x-amz-s3session-token";
  static final String SECURITY_TOKEN = "x-amz-security-token";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** Signs as the owner of the server, in its first zone. */
  static TestSigner owner(ZonalServer server, Instant at) {
    return new TestSigner(
        server.zones().get(0),
        server.region(),
        "s3express",
        server.accessKeyId(),
        server.secretAccessKey(),
        SECURITY_TOKEN,
        null,
        at);
  }

  TestSigner withKeys(String id, String otherSecret, String name, @Nullable String otherToken) {
    return new TestSigner(zone, region, service, id, otherSecret, name, otherToken, at);
  }

  TestSigner withToken(String name, @Nullable String otherToken) {
    return withKeys(keyId, secret, name, otherToken);
  }

  TestSigner withSecret(String other) {
    return withKeys(keyId, other, tokenName, token);
  }

  TestSigner withScope(String otherRegion, String otherService) {
    return new TestSigner(zone, otherRegion, otherService, keyId, secret, tokenName, token, at);
  }

  TestSigner at(Instant other) {
    return new TestSigner(zone, region, service, keyId, secret, tokenName, token, other);
  }

  /** Makes a session of the zone's first bucket and signs with it. */
  TestSigner session(String mode) throws IOException, InterruptedException {
    return session(zone.bucket(), mode);
  }

  TestSigner session(String bucket, String mode) throws IOException, InterruptedException {
    Answer answer =
        request("GET", "/" + bucket + "/")
            .query("session=")
            .header("x-amz-create-session-mode", mode)
            .send();
    return withKeys(
        answer.element("AccessKeyId"),
        answer.element("SecretAccessKey"),
        SESSION_TOKEN,
        answer.element("SessionToken"));
  }

  /** A request for a key of the first bucket. */
  Request key(String method, String key) {
    return request(method, "/" + zone.bucket() + "/" + key);
  }

  Request request(String method, String path) {
    return new Request(this, method, path);
  }

  private String scope() {
    return stamp().substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
  }

  private String stamp() {
    return STAMP.format(at);
  }

  private String sign(String text) {
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : scope().split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, text));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What came back.
   *
   * @param status the HTTP status
   * @param body as text
   */
  record Answer(int status, String body) {
    /** The text of an XML element, empty when there is none. */
    String element(String name) {
      int start = body.indexOf("<" + name + ">");
      int end = body.indexOf("</" + name + ">");
      return start < 0 ? "" : body.substring(start + name.length() + 2, end);
    }

    /** Status and error code, such as {@code 403 AccessDenied}. */
    String verdict() {
      String code = element("Code");
      return code.isEmpty() ? Integer.toString(status) : status + " " + code;
    }
  }

  /** One request in the making. */
  static final class Request {
    private final TestSigner signer;
    private final String method;
    private final String path;
    private final Map<String, String> query = new TreeMap<>();
    private final Map<String, String> signed = new TreeMap<>();
    private final Map<String, String> unsigned = new TreeMap<>();
    private Function<String, byte[]> body = seed -> new byte[0];
    private @Nullable String payloadHash;
    private boolean streamed;

    private Request(TestSigner signer, String method, String path) {
      this.signer = signer;
      this.method = method;
      this.path = path;
      signed.put("host", "127.0.0.1:" + signer.zone.port());
      payloadHash = sha256(new byte[0]);
    }

    /** Adds a parameter {@code name=value}, both already in canonical encoding. */
    Request query(String pair) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), pair.substring(equals + 1));
      return this;
    }

    Request header(String name, String value) {
      signed.put(name, value);
      return this;
    }

    Request unsignedHeader(String name, String value) {
      unsigned.put(name, value);
      return this;
    }

    Request body(String text) {
      body = seed -> bytes(text);
      payloadHash = sha256(bytes(text));
      return this;
    }

    /** Another value of x-amz-content-sha256; null for none. */
    Request payloadHash(@Nullable String value) {
      payloadHash = value;
      return this;
    }

    /** Sends the body with Transfer-Encoding: chunked and without Content-Length. */
    Request streamed() {
      streamed = true;
      return this;
    }

    /** A payload already framed, of this many decoded bytes. */
    Request framed(String form, int decodedBytes, String frames) {
      body = seed -> bytes(frames);
      return chunked(form, decodedBytes);
    }

    private Request chunked(String form, int decodedBytes) {
      header("content-encoding", "aws-chunked");
      header("x-amz-decoded-content-length", Integer.toString(decodedBytes));
      return payloadHash(form);
    }

    /** Signed chunks, and a signed trailer unless it is empty, such as {@code a:1\n}. */
    Request signedChunks(List<String> data, String trailer) {
      body = seed -> frames(data, trailer, seed);
      String form = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
      return chunked(
          trailer.isEmpty() ? form : form + "-TRAILER",
          data.stream().mapToInt(String::length).sum());
    }

    private byte[] frames(List<String> data, String trailer, String seed) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      String previous = seed;
      for (int i = 0; i <= data.size(); i++) {
        String chunk = i == data.size() ? "" : data.get(i);
        previous = chain("PAYLOAD", previous, sha256(bytes("")) + "\n" + sha256(bytes(chunk)));
        String size = Integer.toHexString(chunk.length());
        out.writeBytes(bytes(size + ";chunk-signature=" + previous + "\r\n" + chunk));
        out.writeBytes(bytes(chunk.isEmpty() ? "" : "\r\n"));
      }
      if (!trailer.isEmpty()) {
        String signature = chain("TRAILER", previous, sha256(bytes(trailer)));
        out.writeBytes(bytes(trailer.replace("\n", "\r\n")));
        out.writeBytes(bytes("x-amz-trailer-signature:" + signature + "\r\n"));
      }
      out.writeBytes(bytes("\r\n"));
      return out.toByteArray();
    }

    private String chain(String kind, String previous, String rest) {
      return signer.sign(
          String.join(
              "\n", "AWS4-HMAC-SHA256-" + kind, signer.stamp(), signer.scope(), previous, rest));
    }

    /** Signs in headers and sends. */
    Answer send() throws IOException, InterruptedException {
      signed.put("x-amz-date", signer.stamp());
      if (payloadHash != null) {
        signed.put("x-amz-content-sha256", payloadHash);
      }
      if (signer.token != null) {
        signed.put(signer.tokenName, signer.token);
      }
      String signature = signature(String.valueOf(payloadHash));
      unsigned.put(
          "authorization",
          String.format(
              "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
              signer.keyId, signer.scope(), names(), signature));
      return sendAs(uri(queryText()), body.apply(signature));
    }

    /** Sends without a signature. */
    Answer sendAnonymously() throws IOException, InterruptedException {
      return sendAs(uri(queryText()), body.apply(""));
    }

    /** The presigned URL. */
    URI presign(long expiresSeconds) {
      query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
      query.put("X-Amz-Credential", encoded(signer.keyId + "/" + signer.scope()));
      query.put("X-Amz-Date", signer.stamp());
      query.put("X-Amz-Expires", Long.toString(expiresSeconds));
      query.put("X-Amz-SignedHeaders", encoded(names()));
      if (signer.token != null) {
        String name = signer.tokenName.equals(SESSION_TOKEN) ? "S3session" : "Security";
        query.put("X-Amz-" + name + "-Token", encoded(signer.token));
      }
      String signature = signature("UNSIGNED-PAYLOAD");
      return uri(queryText() + "&X-Amz-Signature=" + signature);
    }

    /** Sends the body and the headers so far to a presigned URL. */
    Answer sendTo(URI url) throws IOException, InterruptedException {
      return sendAs(url, body.apply(""));
    }

    private Answer sendAs(URI url, byte[] content) throws IOException, InterruptedException {
      HttpRequest.BodyPublisher publisher = publisher(content);
      HttpRequest.Builder request = HttpRequest.newBuilder(url).method(method, publisher);
      signed.forEach(
          (name, value) -> {
            if (!name.equals("host")) {
              request.header(name, value);
            }
          });
      unsigned.forEach(request::header);
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    }

    private HttpRequest.BodyPublisher publisher(byte[] content) {
      if (streamed) {
        return HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content));
      }
      return content.length == 0 && !method.equals("PUT")
          ? HttpRequest.BodyPublishers.noBody()
          : HttpRequest.BodyPublishers.ofByteArray(content);
    }

    private String signature(String hash) {
      String headers =
          signed.entrySet().stream()
              .map(header -> header.getKey() + ":" + header.getValue() + "\n")
              .collect(Collectors.joining());
      String canonical = String.join("\n", method, path, queryText(), headers, names(), hash);
      return signer.sign(
          String.join(
              "\n", "AWS4-HMAC-SHA256", signer.stamp(), signer.scope(), sha256(bytes(canonical))));
    }

    private String names() {
      return String.join(";", signed.keySet());
    }

    private String queryText() {
      return query.entrySet().stream()
          .map(pair -> pair.getKey() + "=" + pair.getValue())
          .collect(Collectors.joining("&"));
    }

    private URI uri(String queryText) {
      return URI.create(
          "http://127.0.0.1:"
              + signer.zone.port()
              + path
              + (queryText.isEmpty() ? "" : "?" + queryText));
    }

    private static String encoded(String text) {
      return text.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D").replace(";", "%3B");
    }
  }
}
