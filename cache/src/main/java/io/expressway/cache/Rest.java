package io.expressway.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of a small object when a reader comes back to it: asked for at once, from what the
 * reader waits for to the object's end, or all that lies before when the reader goes backward. What
 * lies on the other side is asked for when the reader turns.
 *
 * <p>What is wanted is among what is asked for, and read while the rest is on its way.
 *
 * <p>Thread: confined to its reader's.
 */
final class Rest {
  private final ObjectSource source;
  private final List<Arrival> parts = new ArrayList<>(2);

  /** What was not asked for yet, from the beginning on. */
  private final List<Span> open = new ArrayList<>(3);

  /**
   * Begins with an object of which something was read.
   *
   * @param end where the object ends, or what is asked for elsewhere begins
   */
  Rest(ObjectSource source, Span before, long end) {
    this.source = source;
    leave(0, 0, Math.min(end, before.from));
    leave(1, before.from, Math.min(end, before.to));
    leave(2, before.to, end);
  }

  private void leave(int place, long from, long to) {
    if (from < to) {
      open.add(Math.min(place, open.size()), new Span(from, to));
    }
  }

  /** Asks for what is wanted, and for what lies in the reader's direction from there. */
  void want(Span wanted, boolean isBackward) {
    for (int place = 0; place < open.size(); place++) {
      Span left = open.get(place);
      if (left.from <= wanted.from && wanted.from < left.to) {
        open.remove(place);
        if (isBackward) { // what it waits for comes last anyway
          ask(left.from, left.to);
        } else {
          leave(place, left.from, wanted.from);
          ask(wanted.from, left.to);
        }
        return;
      }
    }
  }

  /** Bytes from one place to another. */
  record Span(long from, long to) {}

  private void ask(long from, long to) {
    if (from < to) {
      parts.add(Arrival.ofAhead(source, from, to));
    }
  }

  /**
   * Waits for the bytes at {@code at} and copies as many as there are.
   *
   * @return how many; 0 when they are not among the rest, or did not come
   */
  int take(long at, ByteBuffer target) throws IOException {
    for (Arrival part : parts) {
      if (part.holds(at)) {
        try {
          return Math.max(0, part.take(at, target));
        } catch (InterruptedIOException e) {
          throw e;
        } catch (IOException | RuntimeException e) {
          parts.remove(part); // nobody had waited for it: what is wanted of it is asked for again
          part.close();
          return 0;
        }
      }
    }
    return 0;
  }

  /** Where the next of the bytes begin that were asked for. */
  long beginsAfter(long at) {
    long next = Long.MAX_VALUE;
    for (Arrival part : parts) {
      next = part.from() > at ? Math.min(next, part.from()) : next;
    }
    return next;
  }

  /** Gives back all that was asked for. */
  void close() {
    parts.forEach(Arrival::close);
    parts.clear();
  }
}
