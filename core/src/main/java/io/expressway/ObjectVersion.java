package io.expressway;

/**
 * Opaque identity of one content of one key in one bucket: equal versions have equal bytes.
 *
 * <p>On the wire it is the ETag, which S3 Express makes up at random: it says nothing of the bytes
 * and never compares across buckets (S3 User Guide, "Differences for directory buckets", read on
 * 2026-11-22).
 *
 * @param tag the ETag as the service wrote it, quotes included
 */
public record ObjectVersion(String tag) {
  /** Refuses an empty tag. */
  public ObjectVersion {
    if (tag.isEmpty()) {
      throw new IllegalArgumentException("an object version must not be empty");
    }
  }

  @Override
  public String toString() {
    return tag;
  }
}
