package io.expressway.internal.http;

import io.expressway.Operation;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.upload.PartBody;
import io.expressway.internal.upload.PartBody.FileSpan;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DocumentExchange} sends. Built by one thread before it is sent, then not changed.
 * Repeatable, unsigned payload and no body unless said otherwise.
 */
final class DocumentRequest {
  /** Adds headers, in the order of their names. */
  interface Headers {
    Headers NONE = (writer, now) -> {};

    void write(RequestWriter writer, long nowSecond);
  }

  private static final AtomicIntegerFieldUpdater<DocumentRequest> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(DocumentRequest.class, "holders");
  private static final AtomicIntegerFieldUpdater<DocumentRequest> OVER =
      AtomicIntegerFieldUpdater.newUpdater(DocumentRequest.class, "over");

  private final Operation operation;
  private final String method;
  private final @Nullable String key;
  private final Duration deadline;
  private String query = "";
  private @Nullable List<ByteBuffer> body;
  private @Nullable FileSpan file;
  private boolean idempotent = true;
  private boolean failsLate;
  private boolean once;
  private long firstByteNanos;
  private @Nullable PartPatience patience;
  private volatile long bodyLeftNanos;
  private boolean begun;
  private Headers headers = (writer, now) -> writer.unsignedPayload().date(now);
  private Headers lastHeaders = Headers.NONE;
  private Runnable end = () -> {};

  @SuppressWarnings("UnusedVariable") // changed through HOLDERS
  private volatile int holders = 1;

  @SuppressWarnings("UnusedVariable") // changed through OVER
  private volatile int over;

  /** {@code key} is null for requests to the bucket itself. */
  DocumentRequest(Operation operation, String method, @Nullable String key, Duration deadline) {
    this.operation = operation;
    this.method = method;
    this.key = key;
    this.deadline = deadline;
  }

  /** The query, encoded and sorted by name. */
  DocumentRequest query(String encoded) {
    query = encoded;
    return this;
  }

  /** What stands between {@code host} and the token; names sort before it. */
  DocumentRequest headers(Headers some) {
    headers = some;
    return this;
  }

  /** What stands behind the token; names sort after it. */
  DocumentRequest lastHeaders(Headers some) {
    lastHeaders = some;
    return this;
  }

  /** Bytes from position to limit, which must not change until the end. */
  DocumentRequest body(ByteBuffer bytes) {
    return body(List.of(bytes));
  }

  /** The bytes of each buffer from position to limit, which must not change until the end. */
  DocumentRequest body(List<ByteBuffer> bytes) {
    body = bytes;
    return this;
  }

  /** Doing it twice is not the same as doing it once, unless {@code same}. */
  DocumentRequest idempotent(boolean same) {
    idempotent = same;
    return this;
  }

  /** A failure is told at once instead of trying again. */
  DocumentRequest once() {
    once = true;
    return this;
  }

  /** A 200 may carry an error as its body. */
  DocumentRequest mayFailLate() {
    failsLate = true;
    return this;
  }

  /** How long the first byte of the answer may take; 0 for what the bucket allows. */
  DocumentRequest firstByteNanos(long nanos) {
    firstByteNanos = nanos;
    return this;
  }

  /** The bytes of a part; those of a file the kernel sends by itself, not over TLS. */
  DocumentRequest body(PartBody part) {
    file = part.file().orElse(null);
    body = part.memory();
    return end(part.end());
  }

  /** Lets the wait for the answer's first byte follow what others took. */
  DocumentRequest patience(PartPatience learnt) {
    patience = learnt;
    return this;
  }

  /** Run once, when the request is over whatever its outcome and its body is no longer read. */
  DocumentRequest end(Runnable task) {
    end = task;
    return this;
  }

  Operation operation() {
    return operation;
  }

  @Nullable String key() {
    return key;
  }

  Duration deadline() {
    return deadline;
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  boolean isIdempotent() {
    return idempotent;
  }

  boolean isOnce() {
    return once;
  }

  boolean failsLate() {
    return failsLate;
  }

  long firstByteNanos() {
    return patience == null ? firstByteNanos : patience.nanos();
  }

  /** A good answer came. */
  void answered() {
    PartPatience learning = patience;
    if (learning != null) {
      learning.answered(System.nanoTime() - bodyLeftNanos);
    }
  }

  /** The request is over. */
  void end() {
    if (OVER.getAndSet(this, 1) == 0) {
      letGo();
    }
  }

  /** The transport of an attempt has sent the body, or given it up. */
  void bodyLeft() {
    bodyLeftNanos = System.nanoTime();
    letGo();
  }

  /** One holder of the body less: the transport of an attempt, or the request itself. */
  void letGo() {
    if (HOLDERS.decrementAndGet(this) == 0) {
      end.run();
    }
  }

  void begin(RequestWriter writer, Wire wire) {
    PartPatience learning = patience;
    if (learning != null && begun) {
      learning.sentAgain();
    }
    begun = true;
    writer.begin(method, wire.endpoint().pathPrefix(), key == null ? "" : key, query);
    writer.unsigned("user-agent", WireBucket.USER_AGENT);
    if (file != null) {
      writer.unsigned("content-length", file.length());
    } else if (body != null) {
      writer.unsigned("content-length", length(body));
    }
    writer.host(wire.hostHeader());
    headers.write(writer, wire.nowSecond());
  }

  void finish(RequestWriter writer, Wire wire) {
    lastHeaders.write(writer, wire.nowSecond());
  }

  /** The body for one attempt; whoever sends it lets go of it. */
  @Nullable ReferenceCounted transport() {
    List<ByteBuffer> buffers = body;
    FileSpan span = file;
    if (span != null) {
      HOLDERS.incrementAndGet(this);
      return new OpenFileRegion(span);
    }
    if (buffers == null || length(buffers) == 0) {
      return null;
    }
    HOLDERS.incrementAndGet(this);
    if (buffers.size() == 1) {
      return Unpooled.wrappedBuffer(buffers.get(0)); // which makes a view of its own
    }
    ByteBuffer[] views = buffers.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
    return Unpooled.wrappedBuffer(views.length, views);
  }

  /** How many bytes the body has; 0 for none. */
  long bodyBytes() {
    FileSpan span = file;
    List<ByteBuffer> buffers = body;
    return span != null ? span.length() : buffers == null ? 0 : length(buffers);
  }

  /** A region whose file stays its owner's, and open. */
  private static final class OpenFileRegion extends DefaultFileRegion {
    OpenFileRegion(FileSpan span) {
      super(span.channel(), span.position(), span.length());
    }

    @Override
    protected void deallocate() {}
  }

  private static long length(List<ByteBuffer> buffers) {
    long total = 0;
    for (ByteBuffer buffer : buffers) {
      total += buffer.remaining();
    }
    return total;
  }
}
