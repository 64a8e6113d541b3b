package io.expressway;

import java.util.OptionalLong;

/**
 * How to upload an object. Immutable.
 *
 * <p>Source of the limits: S3 User Guide, "Amazon S3 multipart upload limits", and S3 FAQ (objects
 * of 50 TB), read on 2026-11-22.
 */
public final class UploadOptions {
  /** The most parts an upload may have. */
  public static final int MOST_PARTS = 10_000;

  private static final long SMALLEST_PART = 5L << 20;
  private static final long LARGEST_PART = 5L << 30;
  private static final long LARGEST_OBJECT = 50_000_000_000_000L;
  private static final long USUAL_PART = 8L << 20;
  private static final int USUAL_IN_FLIGHT = 8;
  private static final UploadOptions DEFAULTS =
      new UploadOptions(
          WriteOptions.defaults(), USUAL_PART, USUAL_IN_FLIGHT, -1, UploadProgress.NONE);

  private final WriteOptions how;
  private final long partBytes;
  private final int partsInFlight;
  private final long size;
  private final UploadProgress progress;

  private UploadOptions(
      WriteOptions how, long partBytes, int partsInFlight, long size, UploadProgress progress) {
    this.how = how;
    this.partBytes = partBytes;
    this.partsInFlight = partsInFlight;
    this.size = size;
    this.progress = progress;
  }

  /** Parts of 8 MiB, eight in flight, size unknown. */
  public static UploadOptions defaults() {
    return DEFAULTS;
  }

  /** Stores the object so: conditions, media type, user metadata, checksum. */
  public UploadOptions storedWith(WriteOptions options) {
    return new UploadOptions(options, partBytes, partsInFlight, size, progress);
  }

  /**
   * Bytes of a part, 5 MiB to 5 GiB; 8 MiB unless set: at some 80 MB/s for one connection to S3 it
   * takes 0.1 s, its request 5 ms of that. They grow by themselves when 10,000 such parts would not
   * hold the object. An object that fits one part is stored by one PutObject.
   */
  public UploadOptions partSize(long bytes) {
    if (bytes < SMALLEST_PART || bytes > LARGEST_PART) {
      throw new IllegalArgumentException(
          "a part must have 5 MiB to 5 GiB ("
              + SMALLEST_PART
              + " to "
              + LARGEST_PART
              + " bytes), but part size is "
              + bytes);
    }
    return new UploadOptions(how, bytes, partsInFlight, size, progress);
  }

  /**
   * Parts filled or sent at once, 1 to 1,000; 8 unless set: what keeps 5 Gbit/s busy at 80 MB/s for
   * one connection.
   */
  public UploadOptions partsInFlight(int parts) {
    if (parts < 1 || parts > 1000) {
      throw new IllegalArgumentException("parts in flight must be 1 to 1000, but are " + parts);
    }
    return new UploadOptions(how, partBytes, parts, size, progress);
  }

  /** Declares the object's bytes: fewer or more fail the upload. */
  public UploadOptions size(long bytes) {
    if (bytes < 0 || bytes > LARGEST_OBJECT) {
      throw new IllegalArgumentException(
          "an object may have 0 to 50 TB (" + LARGEST_OBJECT + " bytes), but size is " + bytes);
    }
    return new UploadOptions(how, partBytes, partsInFlight, bytes, progress);
  }

  /** Told as parts are stored. */
  public UploadOptions progress(UploadProgress told) {
    return new UploadOptions(how, partBytes, partsInFlight, size, told);
  }

  /** See {@link #storedWith}. */
  public WriteOptions how() {
    return how;
  }

  /** See {@link #partSize(long)}. */
  public long partSize() {
    return partBytes;
  }

  /** See {@link #partsInFlight(int)}. */
  public int partsInFlight() {
    return partsInFlight;
  }

  /** See {@link #size(long)}; absent when unknown. */
  public OptionalLong size() {
    return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
  }

  /** See {@link #progress(UploadProgress)}. */
  public UploadProgress progress() {
    return progress;
  }
}
