package io.expressway.internal.http;

/**
 * Where an answer's body goes: memory, in one piece or several, and the position of its next byte.
 * Filled by the connection, owned by the request. Confined to the request's thread of the moment.
 */
final class Landing {
  private ReceiveBuffer buffer;
  private int position;
  private int remaining;

  /** The bytes {@code [from, to)} of {@code buffer}, and of what follows it, are to be filled. */
  Landing(ReceiveBuffer buffer, int from, int to) {
    this.buffer = buffer;
    this.position = from;
    this.remaining = to - from;
  }

  /** The piece that the next byte goes to. */
  ReceiveBuffer buffer() {
    return buffer;
  }

  /** Index of the next byte in {@link #buffer}. */
  int position() {
    return position;
  }

  /** Bytes still to come, in all pieces. */
  int remaining() {
    return remaining;
  }

  /** Bytes came, no more than the piece had room for. */
  void advance(int bytes) {
    position += bytes;
    remaining -= bytes;
    if (remaining > 0 && position == buffer.capacity()) {
      ReceiveBuffer following = buffer.next();
      if (following == null) {
        throw new IllegalStateException("a landing has no room for " + remaining + " bytes more");
      }
      buffer = following;
      position = 0;
    }
  }

  /** Copies bytes in that were received elsewhere, and counts them as come. */
  void put(ReceiveBuffer source, int from, int length) {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, buffer.capacity() - position);
      buffer.put(position, source, from + done, count);
      advance(count);
      done += count;
    }
  }
}
