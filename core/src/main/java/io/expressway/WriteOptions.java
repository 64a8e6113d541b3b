package io.expressway;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to store an object: conditions, media type, user metadata, checksum. Immutable. */
public final class WriteOptions {
  private static final WriteOptions DEFAULTS =
      new WriteOptions(false, null, null, Map.of(), Crc.CRC32C);
  private final boolean ifAbsent;
  private final @Nullable ObjectVersion version;
  private final @Nullable String contentType;
  private final Map<String, String> metadata;
  private final Crc checksum;

  private WriteOptions(
      boolean ifAbsent,
      @Nullable ObjectVersion version,
      @Nullable String contentType,
      Map<String, String> metadata,
      Crc checksum) {
    this.ifAbsent = ifAbsent;
    this.version = version;
    this.contentType = contentType;
    this.metadata = metadata;
    this.checksum = checksum;
  }

  /** No condition, no media type, no metadata, CRC32C. */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Stores only where no object is; else {@link PreconditionFailedException}. A lost answer is
   * {@link OutcomeUnknownException}: the write is not repeated.
   */
  public WriteOptions ifAbsent() {
    return new WriteOptions(true, null, contentType, metadata, checksum);
  }

  /**
   * Stores only over this version; else {@link PreconditionFailedException}. A lost answer is
   * {@link OutcomeUnknownException}: the write is not repeated.
   */
  public WriteOptions ifVersion(ObjectVersion required) {
    return new WriteOptions(false, required, contentType, metadata, checksum);
  }

  /** Stores the media type with the object. */
  public WriteOptions contentType(String mediaType) {
    return new WriteOptions(
        ifAbsent, version, HeaderText.check("content type", mediaType), metadata, checksum);
  }

  /**
   * Stores user metadata with the object: names of letters, digits and {@code -_.}, values of
   * visible ASCII, 2 KB in all (S3 User Guide, "User-defined object metadata", 2026-11-22).
   */
  public WriteOptions metadata(Map<String, String> entries) {
    return new WriteOptions(
        ifAbsent, version, contentType, HeaderText.checkMetadata(entries), checksum);
  }

  /** Which checksum the service verifies and keeps; CRC32C unless set. */
  public WriteOptions checksum(Crc algorithm) {
    return new WriteOptions(ifAbsent, version, contentType, metadata, algorithm);
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

  /** See {@link #checksum(Crc)}. */
  public Crc checksum() {
    return checksum;
  }

  /** The same conditions and checksum, without what describes the object. */
  WriteOptions onlyConditions() {
    return new WriteOptions(ifAbsent, version, null, Map.of(), checksum);
  }

  /** Whether the outcome depends on what is stored now, so that it must not be sent twice. */
  public boolean isConditional() {
    return ifAbsent || version != null;
  }
}
