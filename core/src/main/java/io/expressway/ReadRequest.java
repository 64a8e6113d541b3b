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

  private ReadRequest(
      String key, ByteRange range, @Nullable ObjectVersion version, @Nullable Duration deadline) {
    this.key = key;
    this.range = range;
    this.version = version;
    this.deadline = deadline;
  }

  /** A read of {@code range} of the object at {@code key}. */
  public static ReadRequest of(String key, ByteRange range) {
    return new ReadRequest(key, range, null, null);
  }

  /** The same read, failing with {@link PreconditionFailedException} on any other version. */
  public ReadRequest ifVersion(ObjectVersion required) {
    return new ReadRequest(key, range, required, deadline);
  }

  /**
   * The same read with its own deadline for everything, retries included, instead of the bucket's.
   */
  public ReadRequest deadline(Duration total) {
    if (total.isNegative() || total.isZero()) {
      throw new IllegalArgumentException("a read's deadline must be positive, but is " + total);
    }
    return new ReadRequest(key, range, version, total);
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

  @Override
  public String toString() {
    return key + " " + range + (version == null ? "" : " if version " + version);
  }
}
