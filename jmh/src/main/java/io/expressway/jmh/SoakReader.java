package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.PreconditionFailedException;
import io.expressway.Slice;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One reader among several, who reads in one way until told to stop, and checks what it reads. */
final class SoakReader extends Thread {
  private static final int HOT_OBJECTS = 8;
  private static final int HOT_PERCENT = 90;
  private static final int PIECE_BYTES = 128 << 10;
  private static final int MEBIBYTE = 1 << 20;
  private static final int RANGES = 6;
  private static final long PINNED_NANOS = 5_000_000;

  /** What a reader does again and again. */
  enum Way {
    /** 4 to 64 KiB anywhere. */
    RANDOM,
    /** One object after the other, from its beginning to its end. */
    SCAN,
    /** Six ranges at once. */
    VECTORED,
    /** 2 MiB are fetched ahead and then read. */
    PREFETCH,
    /** 1 MiB is kept for 5 ms and read from meanwhile. */
    PIN
  }

  private final Way way;
  private final CachedBucket bucket;
  private final SoakContent content;
  private final SplittableRandom random;
  private final double nanosPerByte;
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;
  private int scanned;
  private long due;

  /**
   * A reader, not started.
   *
   * @param bytesPerSecond what it makes of bytes at most, 0 for as many as it gets
   */
  SoakReader(Way way, CachedBucket bucket, SoakContent content, long seed, double bytesPerSecond) {
    super("soak-" + way);
    this.way = way;
    this.bucket = bucket;
    this.content = content;
    this.random = new SplittableRandom(seed);
    this.nanosPerByte = bytesPerSecond == 0 ? 0 : 1e9 / bytesPerSecond;
    this.scanned = random.nextInt(content.objects());
    setDaemon(true);
  }

  Way way() {
    return way;
  }

  /** Reads completed and found right. */
  long reads() {
    return reads.get();
  }

  /** Bytes they had. */
  long bytes() {
    return bytes.get();
  }

  /** Why it gave up; null when it did not. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Lets it end after the read it is in. */
  void halt() {
    stopped = true;
    LockSupport.unpark(this);
  }

  @Override
  public void run() {
    due = System.nanoTime();
    try {
      while (!stopped) {
        step();
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }

  private void step() throws IOException {
    switch (way) {
      case RANDOM -> read(object(), (4 + random.nextInt(61)) << 10);
      case SCAN -> scan(scanned++ % content.objects());
      case VECTORED -> vectored(object());
      case PREFETCH -> prefetch(object());
      case PIN -> pin(object());
    }
  }

  /** Most of the time one of a few; else any. */
  private int object() {
    return random.nextInt(100) < HOT_PERCENT
        ? random.nextInt(HOT_OBJECTS)
        : random.nextInt(content.objects());
  }

  private long place(int length) {
    return random.nextInt((content.objectBytes() - length) / Long.BYTES + 1) * (long) Long.BYTES;
  }

  private void read(int object, int length) {
    long from = place(length);
    int atLeast = content.atLeast(object);
    try (Slice slice = await(bucket.read(SoakContent.key(object), ByteRange.of(from, length)))) {
      done(content.check(object, from, atLeast, slice));
    }
  }

  private static Slice await(CompletableFuture<Slice> read) {
    return read.join();
  }

  private void done(long count) {
    reads.incrementAndGet();
    bytes.addAndGet(count);
    due += Math.round(count * nanosPerByte);
    long now = System.nanoTime();
    if (now > due) {
      due = now; // it does not catch up
    }
    while (due > now && !stopped) {
      LockSupport.parkNanos(due - now);
      now = System.nanoTime();
    }
  }

  private void scan(int object) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    int atLeast = content.atLeast(object);
    try (ObjectReader reader = ObjectReader.open(bucket, SoakContent.key(object))) {
      long from = 0;
      for (int n = reader.read(piece); n >= 0 && !stopped; n = reader.read(piece.clear())) {
        done(content.check(object, from, atLeast, piece.flip()));
        from += n;
      }
    } catch (PreconditionFailedException rewritten) {
      reads.incrementAndGet(); // as it should be: it is opened again later
    }
  }

  private void vectored(int object) {
    int atLeast = content.atLeast(object);
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = 0; i < RANGES; i++) {
      int length = (16 + random.nextInt(112)) << 10;
      ranges.add(ByteRange.of(place(length), length));
    }
    List<CompletableFuture<Slice>> answers = bucket.readAll(SoakContent.key(object), ranges);
    RuntimeException problem = null;
    long count = 0;
    for (int i = 0; i < RANGES; i++) {
      try (Slice slice = await(answers.get(i))) {
        count += content.check(object, ranges.get(i).offset(), atLeast, slice);
      } catch (IllegalStateException | CompletionException e) {
        problem = e; // the others' slices are closed all the same
      }
    }
    if (problem != null) {
      throw problem;
    }
    done(count);
  }

  private void prefetch(int object) {
    ByteRange range = ByteRange.of(place(2 * MEBIBYTE), 2 * MEBIBYTE);
    bucket.prefetch(SoakContent.key(object), List.of(range)).join();
    int atLeast = content.atLeast(object);
    for (int at = 0; at < 2 * MEBIBYTE && !stopped; at += MEBIBYTE / 2) {
      long from = range.offset() + at;
      ByteRange part = ByteRange.of(from, MEBIBYTE / 2);
      try (Slice slice = await(bucket.read(SoakContent.key(object), part))) {
        done(content.check(object, from, atLeast, slice));
      }
    }
  }

  private void pin(int object) {
    int atLeast = content.atLeast(object);
    long from = place(MEBIBYTE);
    try (Slice slice = pinned(object, ByteRange.of(from, MEBIBYTE))) {
      long until = System.nanoTime() + PINNED_NANOS;
      done(content.check(object, from, atLeast, slice));
      while (System.nanoTime() < until && !stopped) {
        read(object, 16 << 10);
      }
      long unused = content.check(object, from, atLeast, slice); // still the same
    }
  }

  /** Pinned, or else just read: there may be no room for more that stays. */
  private Slice pinned(int object, ByteRange range) {
    try {
      return await(bucket.pin(SoakContent.key(object), range));
    } catch (CompletionException e) {
      if (e.getCause() instanceof IllegalStateException) {
        return await(bucket.read(SoakContent.key(object), range));
      }
      throw e;
    }
  }
}
