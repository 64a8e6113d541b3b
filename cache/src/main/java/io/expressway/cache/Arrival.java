package io.expressway.cache;

import io.expressway.PreconditionFailedException;
import io.expressway.ReadProgress;
import io.expressway.Slice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one request, of which the first can be read while the others are on their way.
 *
 * <p>Thread: told by event loops, read by one thread at a time, closed by whoever reads.
 */
final class Arrival implements ReadProgress {
  /** Copied while it is in the processor's cache, and the rest comes meanwhile. */
  private static final long STEP_BYTES = 128 << 10;

  /** Enough to tell how fast it comes. */
  private static final long TELLING_BYTES = 1 << 20;

  /**
   * Enough where nothing was told before the end, and the time before the first byte counts too.
   */
  private static final long TELLING_ALONE_BYTES = 4 << 20;

  private final ObjectSource source;
  private final long from;
  private final long to;
  private final boolean isAhead;
  private final CompletableFuture<Slice> answer;

  /** Shown, and not taken by the reader. */
  private final AtomicReference<@Nullable Slice> latest = new AtomicReference<>();

  /** What was here at first, and when; told in order. */
  private long firstBytes;

  private long firstNanos;

  /** The reader's. */
  private @Nullable Slice taken;

  private volatile @Nullable Thread waiter;

  /** Bytes that the waiter waits for. */
  private volatile long needed;

  private volatile boolean isClosed;

  private Arrival(ObjectSource source, long from, long to, boolean isAhead) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.isAhead = isAhead;
    long length = to - from;
    long asked = System.nanoTime();
    this.answer = isAhead ? source.readAhead(from, length, this) : source.read(from, length, this);
    if (!answer.isDone()) {
      answer.whenComplete(
          (slice, problem) -> {
            if (slice != null && firstBytes == 0 && slice.length() >= TELLING_ALONE_BYTES) {
              source.carried(slice.length(), System.nanoTime() - asked);
            }
            wake();
          });
    }
  }

  /** Asks for the bytes {@code [from, to)} because somebody waits for them. */
  static Arrival ofWanted(ObjectSource source, long from, long to) {
    return new Arrival(source, from, to, false);
  }

  /** Asks for the bytes {@code [from, to)} before anybody wants all of them. */
  static Arrival ofAhead(ObjectSource source, long from, long to) {
    return new Arrival(source, from, to, true);
  }

  long from() {
    return from;
  }

  /** Where what was asked for ends: fewer bytes may come, when the object ends. */
  long to() {
    return to;
  }

  boolean isAhead() {
    return isAhead;
  }

  /** Whether the byte there was asked for. */
  boolean holds(long at) {
    return from <= at && at < to;
  }

  /** All of it. */
  CompletableFuture<Slice> answer() {
    return answer;
  }

  @Override
  public void onArrived(Slice soFar) {
    try {
      source.learn(soFar.info());
    } catch (PreconditionFailedException e) {
      soFar.close(); // the answer fails with it
      return;
    }
    long here = soFar.length();
    measure(here);
    closeIfAny(latest.getAndSet(soFar));
    if (isClosed) {
      closeIfAny(latest.getAndSet(null));
    }
    if (here >= needed) {
      wake();
    }
  }

  /**
   * Whether a first {@code here} bytes are to be shown. Who waits for more than that will look at
   * them when the rest of it is here: until then showing them costs what all of their blocks cost.
   * They tell how fast bytes come all the same.
   */
  boolean wants(long here) {
    boolean isTooLittle = waiter != null && here < needed;
    if (isTooLittle) {
      measure(here);
    }
    return !isTooLittle;
  }

  private void measure(long here) {
    long now = System.nanoTime();
    if (firstBytes == 0) {
      firstBytes = here;
      firstNanos = now;
    } else if (here - firstBytes >= TELLING_BYTES) {
      source.carried(here - firstBytes, now - firstNanos);
    }
  }

  private void wake() {
    Thread reader = waiter;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
  }

  private static void closeIfAny(@Nullable Slice slice) {
    if (slice != null) {
      slice.close();
    }
  }

  /** Whether what was asked for is here up to {@code place}, or all that comes. */
  boolean has(long place) {
    return answer.isDone() || takeLatest(Math.min(place, to) - from) != null;
  }

  private @Nullable Slice takeLatest(long count) {
    Slice fresh = latest.getAndSet(null);
    if (fresh != null) {
      closeIfAny(taken);
      taken = fresh;
    }
    Slice here = taken;
    return here != null && here.length() >= count ? here : null;
  }

  /**
   * Waits for bytes from {@code at} on and copies some.
   *
   * @return how many; -1 when none come from there on
   */
  int take(long at, ByteBuffer target) throws IOException {
    long upTo = Math.min(to, at + Math.min(target.remaining(), STEP_BYTES));
    return Run.copy(await(upTo - from), at - from, target);
  }

  /**
   * Waits until the first {@code count} bytes are here, or all that come.
   *
   * @return as many as there are, of which this stays the owner
   */
  private Slice await(long count) throws IOException {
    while (!answer.isDone()) {
      Slice here = takeLatest(count);
      if (here != null) {
        return here;
      }
      needed = count;
      waiter = Thread.currentThread();
      Slice shown = latest.get();
      if (!answer.isDone() && (shown == null || shown.length() < count)) {
        LockSupport.park(this);
      }
      waiter = null;
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while waiting for an object's bytes");
      }
    }
    Slice here = takeLatest(count);
    return here != null ? here : ObjectSource.await(answer);
  }

  /** Gives up what has not come, and gives back what has. */
  void close() {
    isClosed = true;
    ObjectSource.giveBack(answer);
    closeIfAny(taken);
    taken = null;
    closeIfAny(latest.getAndSet(null));
  }
}
