package io.expressway;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one read, lent until closed. They are immutable and lie where the socket (or the
 * decryption) put them.
 *
 * <p>Owner: whoever holds the slice closes it, once; further closes do nothing. The memory goes
 * back when the last slice over it is closed, and buffers, streams and stores taken from a slice
 * must not be used after that. Using a closed slice throws {@link IllegalStateException}; it never
 * shows another object's bytes.
 *
 * <p>Thread: may be handed from thread to thread and read by many, but not read while another
 * thread closes it.
 */
public final class Slice implements AutoCloseable {
  /** One slice in so many is watched for a leak, unless the level is paranoid: it costs a stack. */
  private static final int LEAK_SAMPLING = 1024;

  private static final ResourceLeakDetector<Slice> LEAKS =
      ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Slice.class, LEAK_SAMPLING);
  private static final VarHandle OPEN;

  static {
    try {
      OPEN = MethodHandles.lookup().findVarHandle(Slice.class, "open", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ObjectInfo info;

  /** The bytes in their buffers; null when they are the lease's own, from {@link #start} on. */
  private final @Nullable List<ByteBuffer> parts;

  private final int start;
  private final long length;
  private final LentMemory lease;
  private final @Nullable ResourceLeakTracker<Slice> leak;

  @SuppressWarnings("UnusedVariable") // read and changed through OPEN
  private boolean open = true;

  private Slice(
      ObjectInfo info, @Nullable List<ByteBuffer> parts, int start, long length, LentMemory lease) {
    this.info = info;
    this.parts = parts;
    this.start = start;
    this.length = length;
    this.lease = lease;
    this.leak = LEAKS.track(this);
  }

  /**
   * Lends {@code body}, from its position to its limit.
   *
   * @param info the object the bytes are of
   * @param body the bytes; neither they nor the buffer's position may change while lent
   * @param onLastClose runs once, on the thread that closes the last slice over the bytes
   */
  public static Slice lend(ObjectInfo info, ByteBuffer body, Runnable onLastClose) {
    return new Slice(info, List.of(body), 0, body.remaining(), new Lease(onLastClose));
  }

  /** Lends the bytes of several buffers as one body, in order. */
  public static Slice lend(ObjectInfo info, List<ByteBuffer> body, Runnable onLastClose) {
    long length = body.stream().mapToLong(ByteBuffer::remaining).sum();
    return new Slice(info, List.copyOf(body), 0, length, new Lease(onLastClose));
  }

  /**
   * Lends the bytes {@code [from, from + length)} of memory that is kept, without a view of its own
   * until one is asked for.
   *
   * @param memory takes over one reader that the caller has counted; it is released with the slice
   * @param from index in the memory's buffer
   */
  public static Slice lend(ObjectInfo info, LentMemory memory, int from, int length) {
    return new Slice(info, null, from, length, memory);
  }

  /** Bytes lent. */
  public long length() {
    return length;
  }

  /** The object these bytes are of, its version and whole size included. */
  public ObjectInfo info() {
    return info;
  }

  /**
   * The bytes {@code [from, from + count)} as a slice of its own over the same memory, closed on
   * its own.
   */
  public Slice slice(long from, long count) {
    Objects.checkFromIndexSize(from, count, length);
    requireOpen();
    lease.retain();
    return parts == null
        ? new Slice(info, null, start + (int) from, count, lease)
        : new Slice(info, cut(parts, from, count), 0, count, lease);
  }

  /** The same bytes, of an object that another bucket knows as {@code of}; ends this slice. */
  Slice describedAs(ObjectInfo of) {
    requireOpen();
    lease.retain();
    Slice same = new Slice(of, parts, start, length, lease);
    close();
    return same;
  }

  /** The bytes in their buffers, from position to limit each. */
  private List<ByteBuffer> memory() {
    return parts == null ? List.of(lease.buffer().slice(start, (int) length)) : parts;
  }

  private static List<ByteBuffer> cut(List<ByteBuffer> whole, long from, long count) {
    List<ByteBuffer> cut = new ArrayList<>(whole.size());
    long skip = from;
    long left = count;
    for (ByteBuffer part : whole) {
      int begin = (int) Math.min(skip, part.remaining());
      int size = (int) Math.min(left, part.remaining() - begin);
      skip -= begin;
      left -= size;
      if (size > 0) {
        cut.add(part.slice(part.position() + begin, size));
      }
    }
    return cut;
  }

  /** Read-only views of the bytes, in order: one when they are contiguous, none when empty. */
  public List<ByteBuffer> buffers() {
    requireOpen();
    List<ByteBuffer> memory = memory();
    if (memory.size() == 1) {
      return List.of(memory.get(0).asReadOnlyBuffer());
    }
    return memory.stream().map(ByteBuffer::asReadOnlyBuffer).toList();
  }

  /** Copies all bytes to {@code target}, moving its position. */
  public void copyTo(ByteBuffer target) {
    requireOpen();
    if (target.remaining() < length) {
      throw new IllegalArgumentException(
          "target has room for " + target.remaining() + " bytes, the slice has " + length);
    }
    for (ByteBuffer part : memory()) {
      target.put(part.duplicate());
    }
  }

  /** Copies all bytes to a new array. */
  public byte[] toByteArray() {
    byte[] copy = new byte[Math.toIntExact(length)];
    copyTo(ByteBuffer.wrap(copy));
    return copy;
  }

  /** A stream over the bytes. Reading it after this slice is closed throws; closing it does not. */
  public InputStream asInputStream() {
    requireOpen();
    return new SliceInputStream(this, memory());
  }

  /**
   * A Chronicle Bytes view on the same memory, made from its address: no copy and no JVM flag. It
   * keeps the memory until it is released, whatever becomes of this slice, and must not be written.
   *
   * <p>Chronicle's offset reads are not bounds-checked: stay below {@code readLimit()}.
   *
   * @throws IllegalStateException when the bytes are not contiguous off-heap memory
   */
  public BytesStore<?, ?> asBytesStore() {
    requireOpen();
    List<ByteBuffer> memory = memory();
    if (memory.size() != 1 || !memory.get(0).isDirect()) {
      throw new IllegalStateException(
          "a BytesStore needs contiguous off-heap memory; these "
              + length
              + " bytes lie in "
              + memory.size()
              + " buffers: use copyTo or buffers");
    }
    lease.retain();
    return new LentBytesStore(memory.get(0), lease);
  }

  /** Whether the slice may still be read. */
  public boolean isOpen() {
    return (boolean) OPEN.getAcquire(this);
  }

  void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException(
          "this slice of " + info.key() + " is closed: its memory may hold other bytes by now");
    }
  }

  /** Gives the memory back once every slice over it is closed. */
  @Override
  public void close() {
    if (OPEN.compareAndSet(this, true, false)) {
      if (leak != null) {
        leak.close(this);
      }
      lease.release();
    }
  }

  @Override
  public String toString() {
    return "Slice[" + length + " bytes of " + info.key() + (isOpen() ? "]" : ", closed]");
  }
}
