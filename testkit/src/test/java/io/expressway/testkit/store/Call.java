package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request to a store, built up and sent without HTTP. */
final class Call {
  static final String BUCKET = "photos--usw2-az1--x-s3";
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00.75Z");
  static final Identity IAM = new Identity("AKIATEST", false, null, Map.of());

  private final String method;
  private final @Nullable String key;
  private final Map<String, List<String>> query = new LinkedHashMap<>();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Map<String, String> trailers = new LinkedHashMap<>();
  private @Nullable String bucket = BUCKET;
  private Identity identity = IAM;
  private Instant now = NOW;
  private ByteBuffer body = ByteBuffer.allocateDirect(0);

  private Call(String method, @Nullable String key) {
    this.method = method;
    this.key = key;
  }

  static Call get(String key) {
    return new Call("GET", key);
  }

  static Call head(String key) {
    return new Call("HEAD", key);
  }

  static Call put(String key, String body) {
    return new Call("PUT", key).body(body);
  }

  static Call post(String key) {
    return new Call("POST", key);
  }

  static Call delete(String key) {
    return new Call("DELETE", key);
  }

  static Call onBucket(String method) {
    return new Call(method, null);
  }

  static Call list() {
    return onBucket("GET").query("list-type", "2");
  }

  static Call rename(String from, String to) {
    return new Call("PUT", to).query("renameObject", "").header("x-amz-rename-source", from);
  }

  Call bucket(@Nullable String name) {
    bucket = name;
    return this;
  }

  Call query(String name, String value) {
    query.put(name, List.of(value));
    return this;
  }

  Call header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Call trailer(String name, String value) {
    trailers.put(name, value);
    return this;
  }

  Call as(Identity who) {
    identity = who;
    return this;
  }

  Call at(Instant when) {
    now = when;
    return this;
  }

  Call body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  Call body(byte[] bytes) {
    body = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    return this;
  }

  S3Response on(ObjectStore store) {
    return store.handle(
        new S3Request(
            method, bucket, key, query, headers, body, trailers, identity, now, "r-1", false));
  }

  /** The body as text. */
  static String text(S3Response response) {
    ByteBuffer body = response.body();
    return body == null ? "" : StandardCharsets.UTF_8.decode(body.duplicate()).toString();
  }

  /** A header that must be there. */
  static String header(S3Response response, String name) {
    String value = response.headers().get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " in " + response.headers());
    }
    return value;
  }

  /** The text of the first element of that name. */
  static String element(S3Response response, String name) {
    String xml = text(response);
    int start = xml.indexOf("<" + name + ">");
    if (start < 0) {
      throw new AssertionError("no <" + name + "> in " + xml);
    }
    return xml.substring(start + name.length() + 2, xml.indexOf("</" + name + ">", start));
  }

  /** The texts of all elements of that name, in order. */
  static List<String> elements(S3Response response, String name) {
    return java.util.regex.Pattern.compile("<" + name + ">([^<]*)</" + name + ">")
        .matcher(text(response))
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
