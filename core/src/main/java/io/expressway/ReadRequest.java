package io.expressway;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to read: a key, a range of it and, when the bytes must be of one content, its version.
 * Immutable.
 */
public final class ReadRequest {
  private final String key;
  private final ByteRange range;
  private final @Nullable ObjectVersion version;
  private final @Nullable Duration deadline;
  private final @Nullable ReadClaim claim;
  private final @Nullable ReadProgress progress;
  private final boolean once;

  private ReadRequest(
      String key,
      ByteRange range,
      @Nullable ObjectVersion version,
      @Nullable Duration deadline,
      @Nullable ReadClaim claim,
      @Nullable ReadProgress progress,
      boolean once) {
    this.key = key;
    this.range = range;
    this.version = version;
    this.deadline = deadline;
    this.claim = claim;
    this.progress = progress;
    this.once = once;
  }

  /** A read of {@code range} of the object at {@code key}. */
  public static ReadRequest of(String key, ByteRange range) {
    return new ReadRequest(key, range, null, null, null, null, false);
  }

  /** The same read, failing with {@link PreconditionFailedException} on any other version. */
  public ReadRequest ifVersion(ObjectVersion required) {
    return new ReadRequest(key, range, required, deadline, claim, progress, once);
  }

  /**
   * The same read with its own deadline for everything, retries included, instead of the bucket's.
   */
  public ReadRequest deadline(Duration total) {
    if (total.isNegative() || total.isZero()) {
      throw new IllegalArgumentException("a read's deadline must be positive, but is " + total);
    }
    return new ReadRequest(key, range, version, total, claim, progress, once);
  }

  /** The same read, which asks {@code decides} before it places a byte: see {@link ReadClaim}. */
  public ReadRequest claimedBy(ReadClaim decides) {
    return new ReadRequest(key, range, version, deadline, decides, progress, once);
  }

  /** The same read, asking nobody. */
  public ReadRequest unclaimed() {
    return new ReadRequest(key, range, version, deadline, null, progress, once);
  }

  /** The same read, whose first bytes are told as they come: see {@link ReadProgress}. */
  public ReadRequest watchedBy(ReadProgress watches) {
    return new ReadRequest(key, range, version, deadline, claim, watches, once);
  }

  /**
   * The same read, told of a failure at once instead of trying again: for whoever has another
   * bucket to ask. What died on an idle connection is still sent again; that is no failure.
   */
  public ReadRequest once() {
    return new ReadRequest(key, range, version, deadline, claim, progress, true);
  }

  /** The object's key, not encoded. */
  public String key() {
    return key;
  }

  /** The bytes asked for. */
  public ByteRange range() {
    return range;
  }

  /** The version the bytes must be of. */
  public Optional<ObjectVersion> version() {
    return Optional.ofNullable(version);
  }

  /** The time allowed for everything, when it is not the bucket's own. */
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /** Who decides whether the read goes on. */
  public Optional<ReadClaim> claim() {
    return Optional.ofNullable(claim);
  }

  /** Who is told of the first bytes as they come. */
  public Optional<ReadProgress> progress() {
    return Optional.ofNullable(progress);
  }

  /** See {@link #once()}. */
  public boolean isOnce() {
    return once;
  }

  @Override
  public String toString() {
    return key + " " + range + (version == null ? "" : " if version " + version);
  }
}
