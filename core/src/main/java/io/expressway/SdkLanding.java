package io.expressway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Where the body of one answer goes: opened with its length, filled, then finished or discarded.
 * Guarded by itself: nothing is written once it is discarded.
 *
 * @param <T> what the caller gets for it
 */
abstract sealed class SdkLanding<T> {
  private final Deque<ByteBuffer> room = new ArrayDeque<>();
  private boolean over;

  /** Pooled direct memory, lent to the caller until the slice closes. */
  static SdkLanding<Slice> lent() {
    return new Lent();
  }

  /** The caller's own memory, whose position moves at the end. */
  static SdkLanding<ObjectInfo> placed(ByteBuffer target) {
    return new Placed(target);
  }

  /** Makes room for {@code length} bytes. */
  final synchronized void open(long length, RequestSite site) throws ExpressException {
    if (!over) {
      room.addAll(allocate(length, site));
    }
  }

  /** Takes the bytes that came next, which fit. */
  final synchronized void put(ByteBuffer bytes) {
    while (!over && bytes.hasRemaining()) {
      ByteBuffer part = room.getFirst();
      int count = Math.min(part.remaining(), bytes.remaining());
      part.put(bytes.slice().limit(count));
      bytes.position(bytes.position() + count);
      if (!part.hasRemaining()) {
        room.removeFirst();
      }
    }
  }

  /** Hands out what landed; after {@link #discard} it hands out nothing. */
  final synchronized Optional<T> finish(ObjectInfo info) {
    if (over) {
      return Optional.empty();
    }
    over = true;
    return Optional.of(handOut(info));
  }

  final synchronized void discard() {
    if (!over) {
      over = true;
      release();
    }
  }

  abstract List<ByteBuffer> allocate(long length, RequestSite site) throws ExpressException;

  abstract T handOut(ObjectInfo info);

  abstract void release();

  private static final class Lent extends SdkLanding<Slice> {
    /** A ByteBuffer ends at 2 GiB. */
    private static final int LARGEST_PART_BYTES = 1 << 30;

    private final List<ByteBuf> memory = new ArrayList<>();
    private final List<ByteBuffer> body = new ArrayList<>();

    @Override
    List<ByteBuffer> allocate(long length, RequestSite site) {
      for (long left = length; left > 0; left -= LARGEST_PART_BYTES) {
        int size = (int) Math.min(left, LARGEST_PART_BYTES);
        ByteBuf part = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
        memory.add(part);
        body.add(part.nioBuffer(0, size));
      }
      return body.stream().map(ByteBuffer::duplicate).toList();
    }

    @Override
    Slice handOut(ObjectInfo info) {
      return Slice.lend(info, body, this::release);
    }

    @Override
    void release() {
      memory.forEach(ByteBuf::release);
    }
  }

  private static final class Placed extends SdkLanding<ObjectInfo> {
    private final ByteBuffer target;
    private int length;

    Placed(ByteBuffer target) {
      this.target = target;
    }

    @Override
    List<ByteBuffer> allocate(long length, RequestSite site) throws ExpressException {
      if (length > target.remaining()) {
        throw new InvalidRequestException(
            "the body has "
                + length
                + " bytes, but there is room for "
                + target.remaining()
                + ": ask for a shorter range",
            site,
            null);
      }
      this.length = (int) length;
      return length == 0 ? List.of() : List.of(target.slice().limit(this.length));
    }

    @Override
    ObjectInfo handOut(ObjectInfo info) {
      target.position(target.position() + length);
      return info;
    }

    @Override
    void release() {}
  }
}
