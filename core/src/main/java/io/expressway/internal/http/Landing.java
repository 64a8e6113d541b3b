package io.expressway.internal.http;

/**
 * Where an answer's body goes: memory and the position of its next byte. Filled by the connection,
 * owned by the request. Confined to the request's thread of the moment.
 */
final class Landing {
  private final ReceiveBuffer buffer;
  private final int end;
  private int position;

  /** The bytes {@code [from, to)} of {@code buffer} are to be filled. */
  Landing(ReceiveBuffer buffer, int from, int to) {
    this.buffer = buffer;
    this.position = from;
    this.end = to;
  }

  ReceiveBuffer buffer() {
    return buffer;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  void advance(int bytes) {
    position += bytes;
  }
}
