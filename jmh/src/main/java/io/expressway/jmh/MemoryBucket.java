package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import io.expressway.LentMemory;
import io.expressway.ObjectInfo;
import io.expressway.ReadClaim;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that answers a read from memory when it is told to, as an event loop would: what a
 * decorator costs is not lost in the noise of sockets. Used by the thread that made it, with one
 * read at a time; what others read, to keep a zone warm, and all but reads go to a real one.
 */
final class MemoryBucket extends ForwardingBucket {
  private final ObjectInfo info;
  private final Kept memory;
  private final Thread reader = Thread.currentThread();
  private @Nullable ReadRequest asked;
  private CompletableFuture<Slice> answer = new CompletableFuture<>();

  MemoryBucket(Bucket real, ObjectInfo info, int bytes) {
    super(real);
    this.info = info;
    this.memory = new Kept(ByteBuffer.allocateDirect(bytes));
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    if (!Thread.currentThread().equals(reader)) {
      return super.read(request);
    }
    asked = request;
    answer = new CompletableFuture<>();
    return answer;
  }

  /** Answers the read that waits. */
  void answer() {
    ReadRequest request = asked;
    if (request == null) {
      throw new IllegalStateException(Thread.currentThread() + " has asked for nothing");
    }
    asked = null;
    ReadClaim claim = request.claim().orElse(null);
    ObjectInfo described = claim == null ? info : claim.tryClaim(info);
    if (described == null) {
      answer.cancel(false);
    } else {
      answer.complete(Slice.lend(described, memory, 0, Math.toIntExact(request.range().length())));
    }
  }

  /** Memory that nobody waits to get back. */
  private record Kept(ByteBuffer buffer) implements LentMemory {
    @Override
    public void retain() {}

    @Override
    public void release() {}
  }
}
