package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/**
 * The allocator of an encrypted connection: while records are decrypted it hands out the answer's
 * own memory, so that plain text is written where it stays; the records of a body go to rooms that
 * are used again. Everything else comes from the usual allocator. Confined to the event loop.
 */
final class PlacingAllocator implements ByteBufAllocator {
  private final ByteBufAllocator usual;
  private final Connection connection;
  private final CipherRoom room = new CipherRoom();
  private boolean decrypting;

  PlacingAllocator(ByteBufAllocator usual, Connection connection) {
    this.usual = usual;
    this.connection = connection;
  }

  void decrypting(boolean now) {
    decrypting = now;
  }

  /** The connection has ended: nothing is kept for later. */
  void close() {
    room.close();
  }

  /** BoringSSL asks for direct memory when it decrypts; it fills what it gets and asks again. */
  @Override
  public ByteBuf directBuffer(int initialCapacity) {
    return decrypting && connection.awaitsAnswer()
        ? connection.target()
        : room.take(initialCapacity, usual);
  }

  @Override
  public ByteBuf buffer() {
    return usual.buffer();
  }

  @Override
  public ByteBuf buffer(int initialCapacity) {
    return usual.buffer(initialCapacity);
  }

  @Override
  public ByteBuf buffer(int initialCapacity, int maxCapacity) {
    return usual.buffer(initialCapacity, maxCapacity);
  }

  @Override
  public ByteBuf ioBuffer() {
    return usual.ioBuffer();
  }

  @Override
  public ByteBuf ioBuffer(int initialCapacity) {
    return usual.ioBuffer(initialCapacity);
  }

  @Override
  public ByteBuf ioBuffer(int initialCapacity, int maxCapacity) {
    return usual.ioBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public ByteBuf heapBuffer() {
    return usual.heapBuffer();
  }

  @Override
  public ByteBuf heapBuffer(int initialCapacity) {
    return usual.heapBuffer(initialCapacity);
  }

  @Override
  public ByteBuf heapBuffer(int initialCapacity, int maxCapacity) {
    return usual.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public ByteBuf directBuffer() {
    return usual.directBuffer();
  }

  @Override
  public ByteBuf directBuffer(int initialCapacity, int maxCapacity) {
    return usual.directBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public CompositeByteBuf compositeBuffer() {
    return usual.compositeBuffer();
  }

  @Override
  public CompositeByteBuf compositeBuffer(int maxNumComponents) {
    return usual.compositeBuffer(maxNumComponents);
  }

  @Override
  public CompositeByteBuf compositeHeapBuffer() {
    return usual.compositeHeapBuffer();
  }

  @Override
  public CompositeByteBuf compositeHeapBuffer(int maxNumComponents) {
    return usual.compositeHeapBuffer(maxNumComponents);
  }

  @Override
  public CompositeByteBuf compositeDirectBuffer() {
    return usual.compositeDirectBuffer();
  }

  @Override
  public CompositeByteBuf compositeDirectBuffer(int maxNumComponents) {
    return usual.compositeDirectBuffer(maxNumComponents);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return usual.isDirectBufferPooled();
  }

  @Override
  public int calculateNewCapacity(int minNewCapacity, int maxCapacity) {
    return usual.calculateNewCapacity(minNewCapacity, maxCapacity);
  }
}
