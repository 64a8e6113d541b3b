package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One version of an object, read like a file: as a channel with a position, as streams, at explicit
 * places, or as several ranges at once.
 *
 * <p>Opening asks for nothing. The first answer tells the object's version; when another is met
 * later, reads fail with {@link io.expressway.PreconditionFailedException}: bytes of two contents
 * are never mixed.
 *
 * <p>The channel and the streams read ahead. The first read of a place asks for what it wants and
 * no more, unless the places before it were read on from for long. Reading on from there asks for
 * what comes next, in requests that double up to 8 MiB, each the earlier the more the reader had to
 * wait; pieces of 4 MiB and more are read ahead of after some of one size. Several places may be
 * read from in turn, and equal stretches at equal distances are recognised, forward and backward.
 * What is first in a request is read while the rest is on its way. Explicit reads ({@link
 * #read(ByteBuffer, long)}, {@link #read(ByteRange)}, {@link #readAll}) never fetch more than they
 * ask for. Over a {@link CachedBucket} what is ahead lies in the cache's memory, and gives way when
 * there is no room.
 *
 * <p>Thread: the channel, and each stream, one at a time; explicit reads from any thread, at any
 * time. Calls that return bytes wait for them, and must not be made on an event loop.
 *
 * <p>Owner: whoever opened it closes it, and its streams with it; the bucket stays open.
 */
public final class ObjectReader implements SeekableByteChannel {
  /** A window for more of it would find no room, and cost others theirs. */
  private static final int SHARE_OF_A_CACHE = 4;

  private final ObjectSource source;
  private final ReaderOptions options;
  private final ReadAhead ahead;
  private long position;
  private final Set<ReadAhead> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private ObjectReader(Bucket bucket, String key, ReaderOptions options) {
    this.source = new ObjectSource(bucket, key, options);
    this.options =
        bucket instanceof CachedBucket cached
            ? options.within(cached.capacityBytes() / SHARE_OF_A_CACHE)
            : options;
    this.ahead = new ReadAhead(source, this.options);
  }

  /** Reads the object at {@code key} with every option at its default. */
  public static ObjectReader open(Bucket bucket, String key) {
    return open(bucket, key, ReaderOptions.defaults());
  }

  /** Reads the object at {@code key}; whether there is one shows with the first read. */
  public static ObjectReader open(Bucket bucket, String key, ReaderOptions options) {
    ObjectReader reader = new ObjectReader(bucket, key, options);
    reader.source.opened();
    return reader;
  }

  /** What the bucket says of the object; asks it when nothing was read yet. */
  public ObjectInfo info() throws IOException {
    requireOpen();
    return source.describe();
  }

  /** Bytes of the object; asks for them when nothing was read yet. */
  @Override
  public long size() throws IOException {
    requireOpen();
    return source.size();
  }

  // As a channel.

  @Override
  public long position() throws IOException {
    requireOpen();
    return position;
  }

  /** Sets where the next read begins; past the object's end there is nothing to read. */
  @Override
  public ObjectReader position(long place) throws IOException {
    requireOpen();
    if (place < 0) {
      throw new IllegalArgumentException("position must not be negative, but is " + place);
    }
    position = place;
    return this;
  }

  /**
   * Fills {@code target} from the position on, as far as the object goes. A direct target receives
   * the first bytes of a place from the socket itself.
   *
   * @return bytes read, -1 at the object's end
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    requireOpen();
    int count = ahead.read(position, target);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer bytes) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  // As streams.

  /** A stream over the whole object, with a position and a window ahead of its own. */
  public InputStream asInputStream() throws IOException {
    return asInputStream(0);
  }

  /** A stream from {@code from} on, with a position and a window ahead of its own. */
  public InputStream asInputStream(long from) throws IOException {
    requireOpen();
    if (from < 0) {
      throw new IllegalArgumentException("position must not be negative, but is " + from);
    }
    ReadAhead own = new ReadAhead(source, options);
    streams.add(own);
    if (closed) {
      own.close();
    }
    return new ObjectStream(this, own, from);
  }

  /** A stream is closed on its own. */
  void closed(ReadAhead stream) {
    streams.remove(stream);
  }

  // At explicit places.

  /**
   * Reads from {@code place} on, and nothing else, without moving the position.
   *
   * @return bytes read, fewer than there is room for only at the object's end; -1 past it
   */
  public int read(ByteBuffer target, long place) throws IOException {
    requireOpen();
    if (place < 0) {
      throw new IllegalArgumentException("position must not be negative, but is " + place);
    }
    try (ReadAhead once = new ReadAhead(source, options)) {
      return once.readExactly(place, target);
    }
  }

  /** Lends the bytes of a range. Owner: the caller closes the slice. */
  public CompletableFuture<Slice> read(ByteRange range) throws IOException {
    requireOpen();
    return source.read(range);
  }

  /**
   * Lends the bytes of several ranges, each on its own and in the order given; ranges close
   * together share a request. Owner: the caller closes each slice.
   */
  public List<CompletableFuture<Slice>> readAll(List<ByteRange> ranges) throws IOException {
    requireOpen();
    return source.readAll(ranges);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  void requireOpen() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Gives up what is under way, and gives back what was read ahead; waits for a read that another
   * thread is in.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      ahead.close();
      streams.forEach(ReadAhead::close);
      source.close();
    }
  }

  @Override
  public String toString() {
    return "ObjectReader[" + source.key() + " at " + position + (closed ? ", closed]" : "]");
  }
}
