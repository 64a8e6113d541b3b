package io.expressway.cache;

import io.expressway.ObjectInfo;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an {@link ObjectReader} reads. Immutable: every method gives a changed copy.
 *
 * @param known what the caller knows of the object already, from a listing or a catalogue: reading
 *     it then takes no question, and fails when the object is not of this version any more
 * @param footerBytes how many of the last bytes are fetched with the object's size, or with what is
 *     read of them first; those of columnar files hold what is read first. 64 KiB for {@code
 *     .parquet} and {@code .orc} keys, 0 for others unless set
 * @param firstAheadBytes how far a reader that goes on where it stopped is fetched ahead at first;
 *     2 MiB unless set; Mountpoint for Amazon S3 has 1 MiB (prefetch.rs, read on 2026-11-23)
 * @param mostAheadBytes the most that is fetched ahead and not yet read, for each position that is
 *     read from; 32 MiB unless set, but no more than a quarter of a cache
 * @param wholeBytes an object no larger than this is fetched whole as soon as a reader comes back
 *     for more of it, in the background and in few requests; 4 MiB unless set, 0 for none
 * @param leastRequestBytes what one request asks for at most where a connection is slow: as much as
 *     it was seen to carry in 25 ms, but no less than this; 2 MiB unless set
 * @param mostRequestBytes what one request asks for at most, as S3's performance guide advises
 *     (read on 2026-11-23); 8 MiB unless set
 * @param isSequential whether whoever begins somewhere reads from there to the end
 */
public record ReaderOptions(
    Optional<ObjectInfo> known,
    int footerBytes,
    int firstAheadBytes,
    int mostAheadBytes,
    int wholeBytes,
    int leastRequestBytes,
    int mostRequestBytes,
    boolean isSequential) {
  private static final int BY_NAME = -1;
  private static final int COLUMNAR_FOOTER_BYTES = 64 << 10;
  private static final int LEAST_AHEAD_BYTES = 64 << 10;
  private static final int LEAST_REQUEST_BYTES = 1 << 20;
  private static final ReaderOptions DEFAULTS =
      new ReaderOptions(
          Optional.empty(), BY_NAME, 2 << 20, 32 << 20, 4 << 20, 2 << 20, 8 << 20, false);

  /** Checks each value. */
  public ReaderOptions {
    if (footerBytes < BY_NAME) {
      throw new IllegalArgumentException("footerBytes must not be negative, but is " + footerBytes);
    }
    if (firstAheadBytes < LEAST_AHEAD_BYTES || firstAheadBytes > mostAheadBytes) {
      throw new IllegalArgumentException(
          "a reader fetches at least 64 KiB ahead, and at first no more than at most; but"
              + " firstAheadBytes is "
              + firstAheadBytes
              + " and mostAheadBytes "
              + mostAheadBytes);
    }
    if (wholeBytes < 0) {
      throw new IllegalArgumentException("wholeBytes must not be negative, but is " + wholeBytes);
    }
    if (leastRequestBytes < LEAST_REQUEST_BYTES || leastRequestBytes > mostRequestBytes) {
      throw new IllegalArgumentException(
          "a request is for 1 MiB at least, and for no less at least than at most; but"
              + " leastRequestBytes is "
              + leastRequestBytes
              + " and mostRequestBytes "
              + mostRequestBytes);
    }
  }

  /** Every value at its default. */
  public static ReaderOptions defaults() {
    return DEFAULTS;
  }

  private ReaderOptions with(Consumer<Values> change) {
    Values changed = new Values(this);
    change.accept(changed);
    return changed.options();
  }

  /** Takes the caller's word for the object's size and version. */
  public ReaderOptions known(ObjectInfo info) {
    return with(changed -> changed.known = Optional.of(info));
  }

  /** Fetches the last {@code bytes} together with the size; 0 for none. */
  public ReaderOptions footer(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("footerBytes must not be negative, but is " + bytes);
    }
    return with(changed -> changed.footerBytes = bytes);
  }

  /** Fetches {@code first} to {@code most} bytes ahead of a reader that goes on. */
  public ReaderOptions ahead(int first, int most) {
    return with(
        changed -> {
          changed.firstAheadBytes = first;
          changed.mostAheadBytes = most;
        });
  }

  /** Fetches objects of up to {@code bytes} whole when a reader comes back to them; 0 for none. */
  public ReaderOptions whole(int bytes) {
    return with(changed -> changed.wholeBytes = bytes);
  }

  /**
   * Lets one request ask for {@code most} bytes, and for no less than {@code least} where a
   * connection is slow; the same for both has requests as few on slow connections as on fast ones.
   */
  public ReaderOptions requests(int least, int most) {
    return with(
        changed -> {
          changed.leastRequestBytes = least;
          changed.mostRequestBytes = most;
        });
  }

  /**
   * Fetches objects of up to {@code bytes} in one request, when they are opened: for those of which
   * all is read, where requests cost more than bytes. The first read waits for that request; from
   * larger objects it brings the last {@code bytes}. A cache asks for the object's size before it.
   */
  public ReaderOptions wholeAtOnce(int bytes) {
    return footer(bytes).whole(bytes);
  }

  /**
   * Reads from wherever it begins to the object's end: as much is fetched ahead as may be, from the
   * first read on, in few requests at the same time. Whoever stops before the end has fetched that
   * in vain. {@link java.io.InputStream#transferTo} and {@link java.io.InputStream#readAllBytes} of
   * a reader's stream do so without being told.
   */
  public ReaderOptions sequential() {
    return with(changed -> changed.isSequential = true);
  }

  /** Whether the last bytes of the object at {@code key} are taken to be all that it has. */
  boolean isWholeAtOnce(String key) {
    return wholeBytes > 0 && footerOf(key) >= wholeBytes;
  }

  /** The same, but never further ahead than {@code bytes}, or the least that makes sense. */
  ReaderOptions within(long bytes) {
    int most = (int) Math.min(mostAheadBytes, Math.max(LEAST_AHEAD_BYTES, bytes));
    return ahead(Math.min(firstAheadBytes, most), most).whole(Math.min(wholeBytes, most));
  }

  /** How many of the last bytes to fetch of the object at {@code key}. */
  int footerOf(String key) {
    if (footerBytes != BY_NAME) {
      return footerBytes;
    }
    return key.endsWith(".parquet") || key.endsWith(".orc") ? COLUMNAR_FOOTER_BYTES : 0;
  }

  /** What a copy is made from, to be changed before. */
  private static final class Values {
    private Optional<ObjectInfo> known;
    private int footerBytes;
    private int firstAheadBytes;
    private int mostAheadBytes;
    private int wholeBytes;
    private int leastRequestBytes;
    private int mostRequestBytes;
    private boolean isSequential;

    Values(ReaderOptions from) {
      this.known = from.known;
      this.footerBytes = from.footerBytes;
      this.firstAheadBytes = from.firstAheadBytes;
      this.mostAheadBytes = from.mostAheadBytes;
      this.wholeBytes = from.wholeBytes;
      this.leastRequestBytes = from.leastRequestBytes;
      this.mostRequestBytes = from.mostRequestBytes;
      this.isSequential = from.isSequential;
    }

    ReaderOptions options() {
      return new ReaderOptions(
          known,
          footerBytes,
          firstAheadBytes,
          mostAheadBytes,
          wholeBytes,
          leastRequestBytes,
          mostRequestBytes,
          isSequential);
    }
  }
}
