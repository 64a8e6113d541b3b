package io.expressway.cache;

import io.expressway.PreconditionFailedException;
import io.expressway.ReadProgress;
import io.expressway.Slice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one request, of which the first can be read while the others are on their way.
 *
 * <p>Thread: told by event loops, read by one thread at a time, closed by whoever reads.
 */
final class Arrival implements ReadProgress {
  private static final VarHandle LATEST;

  static {
    try {
      LATEST = MethodHandles.lookup().findVarHandle(Arrival.class, "latest", Slice.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ObjectSource source;
  private final CompletableFuture<Slice> answer;

  /** Shown, and not taken by the reader. */
  @SuppressWarnings("UnusedVariable") // read and changed through LATEST
  private volatile @Nullable Slice latest;

  /** The reader's. */
  private @Nullable Slice taken;

  private volatile @Nullable Thread waiter;

  /** Bytes that the waiter waits for. */
  private volatile long needed;

  private volatile boolean isClosed;

  private Arrival(ObjectSource source, long from, long length, boolean isAhead) {
    this.source = source;
    this.answer = isAhead ? source.readAhead(from, length, this) : source.read(from, length, this);
    if (!answer.isDone()) {
      answer.whenComplete((slice, problem) -> wake());
    }
  }

  /** Asks for the bytes because somebody waits for them. */
  static Arrival ofWanted(ObjectSource source, long from, long length) {
    return new Arrival(source, from, length, false);
  }

  /** Asks for the bytes before anybody wants them. */
  static Arrival ofAhead(ObjectSource source, long from, long length) {
    return new Arrival(source, from, length, true);
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
    closeIfAny((Slice) LATEST.getAndSet(this, soFar));
    if (isClosed) {
      closeIfAny((Slice) LATEST.getAndSet(this, null));
    }
    if (here >= needed) {
      wake();
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

  /** Whether the first {@code count} bytes are here, or all that come. */
  boolean has(long count) {
    return answer.isDone() || takeLatest(count) != null;
  }

  private @Nullable Slice takeLatest(long count) {
    Slice fresh = (Slice) LATEST.getAndSet(this, null);
    if (fresh != null) {
      closeIfAny(taken);
      taken = fresh;
    }
    Slice here = taken;
    return here != null && here.length() >= count ? here : null;
  }

  /**
   * Waits until the first {@code count} bytes are here, or all that come.
   *
   * @return as many as there are, of which this stays the owner
   */
  Slice await(long count) throws IOException {
    while (!answer.isDone()) {
      Slice here = takeLatest(count);
      if (here != null) {
        return here;
      }
      needed = count;
      waiter = Thread.currentThread();
      Slice shown = latest;
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
    closeIfAny((Slice) LATEST.getAndSet(this, null));
  }
}
