package io.expressway.spark;

import io.expressway.Bucket;
import io.expressway.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads ahead of who takes the results, within a bound, and hands them out in order. Confined to a
 * task's thread but for {@link #close}, which Spark may call from another once the task has ended.
 */
final class OrderedReads<T> implements Iterator<T>, AutoCloseable {
  private record Pending(KeyRange range, CompletableFuture<Slice> answer) {}

  private final Bucket bucket;
  private final SliceFunction<T> function;
  private final Iterator<KeyRange> ranges;
  private final int inFlight;
  private final long inFlightBytes;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long pendingBytes;
  private boolean closed;

  OrderedReads(
      Bucket bucket,
      SliceFunction<T> function,
      Iterator<KeyRange> ranges,
      int inFlight,
      long inFlightBytes) {
    this.bucket = bucket;
    this.function = function;
    this.ranges = ranges;
    this.inFlight = inFlight;
    this.inFlightBytes = inFlightBytes;
  }

  @Override
  public synchronized boolean hasNext() {
    return !closed && (!pending.isEmpty() || ranges.hasNext());
  }

  @Override
  public T next() {
    Pending head = head();
    try (Slice slice = TaskWait.forAnswer(head.answer(), head.range())) {
      return apply(head.range(), slice);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private T apply(KeyRange range, Slice slice) {
    try {
      return function.apply(range, slice);
    } catch (RuntimeException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("with the bytes of " + range + ": " + e.getMessage(), e);
    } catch (Exception e) {
      throw new IllegalStateException("with the bytes of " + range + ": " + e.getMessage(), e);
    }
  }

  /** The first of the reads under way, once those behind it are, too. */
  private synchronized Pending head() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (pending.size() <= inFlight / 2) { // in batches, so that neighbours can share a request
      readAhead();
    }
    Pending head = pending.remove();
    pendingBytes -= weight(head.range());
    return head;
  }

  private static long weight(KeyRange range) {
    return Math.max(0, range.length());
  }

  private void readAhead() {
    List<KeyRange> sameKey = new ArrayList<>();
    int room = inFlight - pending.size();
    while (room-- > 0 && pendingBytes < inFlightBytes && ranges.hasNext()) {
      KeyRange range = ranges.next();
      if (!sameKey.isEmpty() && !sameKey.get(0).key().equals(range.key())) {
        read(sameKey);
        sameKey.clear();
      }
      sameKey.add(range);
      pendingBytes += weight(range);
    }
    if (!sameKey.isEmpty()) {
      read(sameKey);
    }
  }

  private void read(List<KeyRange> sameKey) {
    List<CompletableFuture<Slice>> answers = TaskWait.asked(sameKey, () -> ask(sameKey));
    for (int i = 0; i < answers.size(); i++) {
      pending.add(new Pending(sameKey.get(i), answers.get(i)));
    }
  }

  private List<CompletableFuture<Slice>> ask(List<KeyRange> sameKey) {
    KeyRange first = sameKey.get(0);
    return sameKey.size() == 1
        ? List.of(bucket.read(first.key(), first.bytes()))
        : bucket.readAll(first.key(), sameKey.stream().map(KeyRange::bytes).toList());
  }

  /** Gives up every read under way; what was read already goes back. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Pending each; (each = pending.poll()) != null; ) {
      TaskWait.giveUp(each.answer());
    }
  }
}
