package io.expressway.cache;

import io.expressway.Slice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a small object when a reader comes back to it: asked for all at once, beside what
 * the reader waits for, one request for what lies before that and one for what lies behind; where
 * the reader left something out, the one in its direction first, and the other when it turns.
 *
 * <p>Thread: confined to its reader's.
 */
final class Rest {
  /** Bytes that were asked for. */
  private record Part(long from, long to, Arrival bytes) {}

  private final ObjectSource source;
  private final List<Part> parts = new ArrayList<>(2);

  /** What was not asked for yet; null when all was. */
  private @Nullable Span open;

  private Rest(ObjectSource source) {
    this.source = source;
  }

  /**
   * Asks for the object up to {@code end}, without what is wanted and without what was read before,
   * where that lies at an edge and need not cost a request of its own.
   */
  static Rest of(ObjectSource source, Span wanted, Span before, long end) {
    Rest rest = new Rest(source);
    long behind = wanted.to() == before.from() ? before.to() : wanted.to();
    long head = before.from() == 0 && before.to() <= wanted.from() ? before.to() : 0;
    Span after =
        new Span(behind, before.to() >= end && before.from() >= behind ? before.from() : end);
    Span front =
        new Span(
            head,
            before.to() == wanted.from() && before.from() >= head ? before.from() : wanted.from());
    boolean goesOn = wanted.from() == before.to();
    boolean isForward = wanted.from() > before.from();
    if (goesOn || isForward) {
      rest.ask(after.from(), after.to());
    }
    if (goesOn || !isForward) {
      rest.ask(front.from(), front.to());
    }
    rest.open = goesOn ? null : isForward ? front : after;
    return rest;
  }

  /** Asks for what was not asked for yet, once something of that is wanted. */
  void complete(Span wanted) {
    Span left = open;
    if (left != null && wanted.from() >= left.from() && wanted.from() < left.to()) {
      open = null;
      ask(left.from(), wanted.from());
      ask(wanted.to(), left.to());
    }
  }

  /** Bytes from one place to another. */
  record Span(long from, long to) {}

  private void ask(long from, long to) {
    if (from < to) {
      parts.add(new Part(from, to, Arrival.ofAhead(source, from, to - from)));
    }
  }

  /**
   * Waits for the bytes at {@code at} and copies as many as there are.
   *
   * @return how many; 0 when they are not among the rest, or did not come
   */
  int take(long at, ByteBuffer target) throws IOException {
    for (Part part : parts) {
      if (at >= part.from && at < part.to) {
        try {
          long upTo = Math.min(part.to, at + Math.min(target.remaining(), Run.STEP_BYTES));
          Slice here = part.bytes.await(upTo - part.from);
          return Math.max(0, Run.copy(here, at - part.from, target));
        } catch (InterruptedIOException e) {
          throw e;
        } catch (IOException | RuntimeException e) {
          parts.remove(part); // nobody had waited for it: what is wanted of it is asked for again
          return 0;
        }
      }
    }
    return 0;
  }

  /** Where the next of the bytes begin that were asked for. */
  long beginsAfter(long at) {
    long next = Long.MAX_VALUE;
    for (Part part : parts) {
      next = part.from > at ? Math.min(next, part.from) : next;
    }
    return next;
  }

  /** Gives back all that was asked for. */
  void close() {
    parts.forEach(part -> part.bytes.close());
    parts.clear();
  }
}
