package io.expressway;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the service encrypts what it stores. In a directory bucket the session pins it: every write
 * under one session is encrypted alike (S3 API, CreateSession, read on 2026-11-22). Immutable.
 */
public final class Encryption {
  private static final Encryption BUCKET_DEFAULT = new Encryption(null, null, null);
  private static final Encryption S3_MANAGED = new Encryption("AES256", null, null);

  private final @Nullable String algorithm;
  private final @Nullable String kmsKey;
  private final @Nullable String context;

  private Encryption(
      @Nullable String algorithm, @Nullable String kmsKey, @Nullable String context) {
    this.algorithm = algorithm;
    this.kmsKey = kmsKey;
    this.context = context;
  }

  /** As the bucket is set up: nothing is said with the request. */
  public static Encryption bucketDefault() {
    return BUCKET_DEFAULT;
  }

  /** With keys that S3 manages (SSE-S3, AES-256). */
  public static Encryption s3Managed() {
    return S3_MANAGED;
  }

  /**
   * With a customer managed key of AWS KMS (SSE-KMS); directory buckets take one key in their
   * lifetime and no alias.
   *
   * @param key the key's id or ARN
   */
  public static Encryption kms(String key) {
    String checked = HeaderText.check("KMS key", key);
    if (checked.isEmpty() || checked.startsWith("alias/") || checked.contains(":alias/")) {
      throw new IllegalArgumentException(
          "KMS key must be a key id or its ARN, not an alias, but is \"" + key + "\"");
    }
    return new Encryption("aws:kms", checked, null);
  }

  /** The same KMS key with an encryption context, which the key's policy may ask for. */
  public Encryption context(Map<String, String> entries) {
    if (kmsKey == null) {
      throw new IllegalArgumentException("an encryption context goes with a KMS key: use kms(...)");
    }
    StringBuilder json = new StringBuilder("{");
    for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
      json.append(json.length() == 1 ? "" : ",").append(quoted(entry.getKey()));
      json.append(':').append(quoted(entry.getValue()));
    }
    byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    return new Encryption(algorithm, kmsKey, Base64.getEncoder().encodeToString(text));
  }

  /** RFC 8259, section 7. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** {@code AES256} or {@code aws:kms}; absent for the bucket's own. */
  public Optional<String> algorithm() {
    return Optional.ofNullable(algorithm);
  }

  /** The KMS key. */
  public Optional<String> kmsKey() {
    return Optional.ofNullable(kmsKey);
  }

  /** The encryption context as its header has it: JSON in base64. */
  public Optional<String> encodedContext() {
    return Optional.ofNullable(context);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Encryption that
        && algorithm().equals(that.algorithm())
        && kmsKey().equals(that.kmsKey())
        && encodedContext().equals(that.encodedContext());
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hash(algorithm, kmsKey, context);
  }

  /** Without the context, which may be confidential. */
  @Override
  public String toString() {
    return algorithm == null
        ? "the bucket's own"
        : algorithm + (kmsKey == null ? "" : " " + kmsKey);
  }
}
