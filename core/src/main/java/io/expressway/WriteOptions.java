package io.expressway;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to store an object: conditions, media type, user metadata. Immutable. */
public final class WriteOptions {
  private static final WriteOptions DEFAULTS = new WriteOptions(false, null, null, Map.of());
  private final boolean ifAbsent;
  private final @Nullable ObjectVersion version;
  private final @Nullable String contentType;
  private final Map<String, String> metadata;

  private WriteOptions(
      boolean ifAbsent,
      @Nullable ObjectVersion version,
      @Nullable String contentType,
      Map<String, String> metadata) {
    this.ifAbsent = ifAbsent;
    this.version = version;
    this.contentType = contentType;
    this.metadata = metadata;
  }

  /** No condition, no media type, no metadata. */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /** Stores only where no object is; else {@link PreconditionFailedException}. */
  public WriteOptions ifAbsent() {
    return new WriteOptions(true, null, contentType, metadata);
  }

  /** Stores only over this version; else {@link PreconditionFailedException}. */
  public WriteOptions ifVersion(ObjectVersion required) {
    return new WriteOptions(false, required, contentType, metadata);
  }

  /** Stores the media type with the object. */
  public WriteOptions contentType(String mediaType) {
    return new WriteOptions(
        ifAbsent, version, HeaderText.check("content type", mediaType), metadata);
  }

  /**
   * Stores user metadata with the object: names of letters, digits and {@code -_.}, values of
   * visible ASCII, 2 KB in all (S3 User Guide, "User-defined object metadata", 2026-11-22).
   */
  public WriteOptions metadata(Map<String, String> entries) {
    return new WriteOptions(ifAbsent, version, contentType, HeaderText.checkMetadata(entries));
  }

  /** Whether the write needs the key to be free. */
  public boolean requiresAbsent() {
    return ifAbsent;
  }

  /** The version that must be there now. */
  public Optional<ObjectVersion> version() {
    return Optional.ofNullable(version);
  }

  /** The media type. */
  public Optional<String> contentType() {
    return Optional.ofNullable(contentType);
  }

  /** User metadata, names in lower case. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Whether the outcome depends on what is stored now, so that it must not be sent twice. */
  public boolean isConditional() {
    return ifAbsent || version != null;
  }
}
