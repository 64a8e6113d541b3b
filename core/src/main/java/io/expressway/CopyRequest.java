package io.expressway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to copy and where to: bytes, media type and user metadata move inside the service.
 * Immutable.
 *
 * <p>Source: S3 API, CopyObject (up to 5 GB; between directory and general-purpose buckets, too),
 * read on 2026-11-22.
 */
public final class CopyRequest {
  private final String from;
  private final String to;
  private final @Nullable BucketName source;
  private final @Nullable ObjectVersion sourceVersion;
  private final @Nullable WriteOptions options;

  private CopyRequest(
      String from,
      String to,
      @Nullable BucketName source,
      @Nullable ObjectVersion sourceVersion,
      @Nullable WriteOptions options) {
    this.from = from;
    this.to = to;
    this.source = source;
    this.sourceVersion = sourceVersion;
    this.options = options;
  }

  /** Copies the object at {@code from} to {@code to}, inside the bucket it is sent to. */
  public static CopyRequest of(String from, String to) {
    return new CopyRequest(from, to, null, null, null);
  }

  /** The same from another bucket, in a zone that the service allows. */
  public CopyRequest fromBucket(BucketName other) {
    return new CopyRequest(from, to, other, sourceVersion, options);
  }

  /** Copies only this version; else {@link PreconditionFailedException}. */
  public CopyRequest ifSourceVersion(ObjectVersion required) {
    return new CopyRequest(from, to, source, required, options);
  }

  /**
   * Stores the copy under the conditions of {@code how}, and with its media type and metadata
   * instead of the source's when it has either.
   */
  public CopyRequest storedWith(WriteOptions how) {
    return new CopyRequest(from, to, source, sourceVersion, how);
  }

  /** The key copied. */
  public String from() {
    return from;
  }

  /** The key of the copy. */
  public String to() {
    return to;
  }

  /** See {@link #fromBucket}; absent for the bucket it is sent to. */
  public Optional<BucketName> sourceBucket() {
    return Optional.ofNullable(source);
  }

  /** See {@link #ifSourceVersion}. */
  public Optional<ObjectVersion> sourceVersion() {
    return Optional.ofNullable(sourceVersion);
  }

  /** See {@link #storedWith}. */
  public WriteOptions options() {
    return options == null ? WriteOptions.defaults() : options;
  }

  /** Whether the copy has a media type and metadata of its own. */
  public boolean replacesMetadata() {
    return options().contentType().isPresent() || !options().metadata().isEmpty();
  }

  @Override
  public String toString() {
    return "copy " + (source == null ? "" : source + "/") + from + " to " + to;
  }
}
