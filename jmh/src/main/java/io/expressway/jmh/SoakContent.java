package io.expressway.jmh;

import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Objects whose every eight bytes say which object they are of, of which content and where: a byte
 * in the wrong place, of another object or of another content than its neighbours is found by who
 * reads it. Safe for many threads; one rewrites at a time.
 */
final class SoakContent {
  private static final int WORD = Long.BYTES;
  private final int objectBytes;

  /** Which content of each object was begun to be written last, and which was written last. */
  private final AtomicIntegerArray begun;

  private final AtomicIntegerArray written;

  SoakContent(int objects, int objectBytes) {
    this.objectBytes = objectBytes;
    this.begun = new AtomicIntegerArray(objects);
    this.written = new AtomicIntegerArray(objects);
  }

  static String key(int object) {
    return "soak/part-" + object;
  }

  int objects() {
    return begun.length();
  }

  int objectBytes() {
    return objectBytes;
  }

  /** The next content of the object, in the buffer's whole room; {@link #written} follows. */
  ByteBuffer next(int object, ByteBuffer room) {
    long head = head(object, begun.incrementAndGet(object));
    ByteBuffer body = room.clear().order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < objectBytes; at += WORD) {
      body.putLong(at, head | at / WORD);
    }
    return body.limit(objectBytes);
  }

  /** The content last begun is stored. */
  void written(int object) {
    written.set(object, begun.get(object));
  }

  /** Which content a read that begins now must see at least. */
  int atLeast(int object) {
    return written.get(object);
  }

  private static long head(int object, int content) {
    return (long) object << 48 | (long) (content & 0xFFFF) << 32;
  }

  /**
   * Checks what was read of the object from {@code from} on.
   *
   * @param atLeast what {@link #atLeast} said before the read began
   * @return bytes checked
   * @throws IllegalStateException when a byte is wrong, too old, or of another content
   */
  long check(int object, long from, int atLeast, Slice slice) {
    long at = from;
    long head = 0;
    for (ByteBuffer part : slice.buffers()) {
      ByteBuffer words = part.order(ByteOrder.LITTLE_ENDIAN);
      head = at == from ? headOf(object, atLeast, words) : head;
      check(words, head | at / WORD);
      at += words.remaining();
    }
    return at - from;
  }

  /** The same for bytes in an array. */
  long check(int object, long from, int atLeast, ByteBuffer bytes) {
    ByteBuffer words = bytes.order(ByteOrder.LITTLE_ENDIAN);
    check(words, headOf(object, atLeast, words) | from / WORD);
    return words.remaining();
  }

  private long headOf(int object, int atLeast, ByteBuffer words) {
    long head = words.getLong(words.position()) >>> 32 << 32;
    int content = (int) (head >>> 32) & 0xFFFF;
    if (head != head(object, content) || content < atLeast || content > begun.get(object)) {
      throw new IllegalStateException(
          "object " + object + " has bytes of object " + (head >>> 48) + ", content " + content);
    }
    return head;
  }

  private static void check(ByteBuffer words, long first) {
    long wrong = 0;
    int end = words.limit();
    long expected = first;
    for (int at = words.position(); at < end; at += WORD) {
      wrong |= words.getLong(at) ^ expected++;
    }
    if (wrong != 0) {
      throw new IllegalStateException("wrong bytes near word " + (first & 0xFFFFFFFFL));
    }
  }
}
