package io.expressway.internal.http;

import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.internal.sign.RequestWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCounted;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: writes a request, then tells the transport (or the decryption) where the
 * answer's next bytes go, so that they are never moved again.
 *
 * <pre>
 *   OPENING ─► IDLE ─► HEAD ─┬─► PLACED ──┐   bytes land in the request's own memory
 *                ▲           ├─► IN_PLACE ┤   the body shares the head's buffer and is lent there
 *                │           └─► COLLECT ─┤   errors and XML, small, on the heap
 *                └────────────────────────┘   anything else ─► CLOSED
 * </pre>
 *
 * <p>Confined to its event loop, but for {@link #expireIfDue} and {@link #closeQuietly}, which only
 * read volatile fields and hand over to it.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  /** Room for a head, and for a body behind it when that is small. */
  static final int HEAD_BYTES = 4096;

  private static final int HEAD_STEP = 1024;
  private static final int IN_PLACE_LIMIT = 64 << 10;
  private static final int BATCH_FROM = 4 << 20;
  private static final int BATCH_BYTES = 256 << 10;
  private static final int LARGEST_HEAD = 64 << 10;
  private static final long NEVER = Long.MAX_VALUE;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private enum State {
    OPENING,
    IDLE,
    HEAD,
    PLACED,
    IN_PLACE,
    COLLECT,
    CLOSED
  }

  private final Wire wire;
  private final EventLoop loop;
  private final int slot;
  private final RequestWriter writer;
  private final ResponseHead head = new ResponseHead();
  private final ByteBuf request = Unpooled.directBuffer(HEAD_BYTES);
  private final RecordStaging staging = new RecordStaging();
  private final BodyPacing pacing = new BodyPacing();
  private final ReceiveBuffer spill;
  private byte[] headText = new byte[HEAD_BYTES];

  private State state = State.OPENING;
  private volatile @Nullable Channel channel;
  private @Nullable Exchange current;
  private @Nullable ReceiveBuffer headBuffer;
  private int received;
  private int scanned;
  private int headLength;
  private long bodyLength;
  private @Nullable Landing landing;
  private @Nullable BodyCollector collector;
  private @Nullable ObjectInfo described;
  private boolean served;
  private long sentNanos;
  private long idleSinceNanos;
  private volatile long dueNanos = NEVER;
  private int wakeBytes = 1;
  private boolean sending;
  private long lastUnsent = -1;

  /** Null when Flight Recorder was never started: its classes take a tenth of a second to load. */
  private final @Nullable ConnectEvent connecting =
      FlightRecorder.isInitialized() ? new ConnectEvent() : null;

  private boolean counted = true;
  private long sentBytes;
  private long bodyReceived;
  private @Nullable RequestEvent event;

  Connection(Wire wire, EventLoop loop, int slot) {
    this.wire = wire;
    this.loop = loop;
    this.slot = slot;
    this.writer = new RequestWriter(wire.region(), wire.service());
    this.spill = wire.memory().take(64);
  }

  EventLoop loop() {
    return loop;
  }

  int slot() {
    return slot;
  }

  RecvByteBufAllocator receives() {
    return wire.endpoint().tls()
        ? new ReceiveHandle(staging::target, () -> true)
        : new ReceiveHandle(this::target, this::expectsMore);
  }

  RecordStaging staging() {
    return staging;
  }

  BodyPacing pacing() {
    return pacing;
  }

  // Opening.

  /** The request that the connection is opened for. Not on the loop: nothing runs there yet. */
  void reserve(Exchange first) {
    current = first;
    dueNanos = first.deadlineNanos();
    if (connecting != null) {
      connecting.begin();
    }
  }

  void opening(Channel opened) {
    channel = opened;
  }

  void neverOpened(String problem, @Nullable Throwable cause) {
    Exchange first = current;
    current = null;
    dueNanos = NEVER;
    if (state == State.CLOSED) {
      return;
    }
    if (connecting != null) {
      connecting.commit(wire, problem + causeText(cause));
    }
    dispose();
    if (first == null || !first.tryRun()) {
      return;
    }
    if (wire.pool().isClosed()) {
      first.refuseClosed(); // which is why it did not open
    } else {
      first.broken(problem + causeText(cause), cause, Exchange.Reach.UNSENT);
    }
  }

  private static String causeText(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
  }

  /** The connection is up, its TLS handshake done. */
  void opened() {
    if (state != State.OPENING) {
      return;
    }
    if (connecting != null) {
      connecting.commit(wire, "");
    }
    wire.traffic().connected();
    wire.listener().onConnect(wire.bucket());
    state = State.IDLE;
    Exchange first = current;
    current = null;
    dueNanos = NEVER;
    if (first != null && first.tryRun()) {
      send(first);
    } else {
      rest();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        // Not from inside the decryption, whose allocator would take the request for plain text.
        loop.execute(this::opened);
      } else {
        neverOpened(TlsClient.explain(wire.endpoint(), handshake.cause()), handshake.cause());
        context.close();
      }
    }
  }

  // Sending.

  /** Begins the attempt this connection was taken for. */
  void begin(Exchange exchange) {
    boolean tired = System.nanoTime() - idleSinceNanos > restNanos(exchange);
    if (state != State.IDLE || tired) {
      replace(exchange);
    } else if (exchange.tryRun()) {
      send(exchange);
    } else {
      wire.pool().putBack(this);
    }
  }

  /** What cannot be sent twice takes no connection that the service may be about to close. */
  private long restNanos(Exchange exchange) {
    return exchange.isIdempotent()
        ? wire.keepAliveNanos()
        : Math.min(FRESH_NANOS, wire.keepAliveNanos());
  }

  /** Gone, or too long idle, since the pool chose this connection: the request gets another. */
  private void replace(Exchange exchange) {
    if (state == State.IDLE) {
      close();
    }
    wire.pool().vacate(this);
    wire.pool().submit(exchange);
  }

  private void send(Exchange exchange) {
    current = exchange;
    sending = false;
    exchange.assign(this);
    sentNanos = System.nanoTime();
    await(exchange, exchange.firstByteNanos());
    wire.pool().tick();
    takeHeadBuffer(exchange.expectedLength());
    state = State.HEAD;
    Channel open = openChannel();
    ReferenceCounted body;
    try {
      request.clear();
      exchange.render(writer, exchange.signedWith(), request);
      body = exchange.body();
    } catch (RuntimeException e) {
      failSending(exchange, e);
      return;
    }
    count(exchange);
    if (body == null) {
      open.writeAndFlush(request.retain(), open.voidPromise());
    } else {
      sendWithBody(exchange, open, body);
    }
  }

  private void count(Exchange exchange) {
    counted = false;
    sentBytes = exchange.bodyBytes();
    bodyReceived = 0;
    wire.traffic().sent(exchange.operation(), sentBytes);
    event = FlightRecorder.isInitialized() ? RequestEvent.beginIfRecorded() : null;
  }

  /** A request that was sent ended without a complete answer. */
  private void countBrokenOff(Exchange exchange) {
    if (!counted) {
      counted = true;
      wire.traffic().brokenOff(exchange.operation(), bodyReceived);
      record(exchange, 0);
    }
  }

  private void record(Exchange exchange, int status) {
    RequestEvent recorded = event;
    if (recorded != null) {
      event = null;
      recorded.commit(exchange, status, sentBytes, bodyReceived);
    }
  }

  /** The answer is awaited from when the body has been sent. */
  private void sendWithBody(Exchange exchange, Channel open, ReferenceCounted body) {
    sending = true;
    await(exchange, STALL_NANOS);
    open.write(request.retain(), open.voidPromise());
    open.writeAndFlush(body)
        .addListener(
            sent -> {
              exchange.bodyLeft();
              if (current == exchange) {
                sending = false;
                if (sent.isSuccess() && state == State.HEAD) {
                  await(exchange, exchange.firstByteNanos());
                }
              }
            });
  }

  /** What is still to be sent, in a number that changes when some of it goes. */
  private long unsent() {
    ChannelOutboundBuffer waiting = openChannel().unsafe().outboundBuffer();
    return waiting == null
        ? 0
        : 31 * (pacing.left() + waiting.totalPendingWriteBytes()) + waiting.currentProgress();
  }

  /** Whether the body is still on its way out, and some of it went since the last look. */
  private boolean isStillSending(Exchange exchange) {
    long left = unsent();
    if (!sending || left == lastUnsent) {
      return false;
    }
    lastUnsent = left;
    await(exchange, STALL_NANOS);
    return true;
  }

  private void failSending(Exchange exchange, RuntimeException problem) {
    current = null;
    endAnswer(true);
    exchange.broken("cannot write the request: " + problem, problem, Exchange.Reach.UNSENT);
  }

  private Channel openChannel() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("the connection was never opened");
    }
    return open;
  }

  private void await(Exchange exchange, long nanos) {
    dueNanos = Math.min(exchange.deadlineNanos(), System.nanoTime() + nanos);
  }

  private void takeHeadBuffer(long expected) {
    boolean small = expected >= 0 && expected <= IN_PLACE_LIMIT;
    headBuffer = wire.memory().take(HEAD_BYTES + (small ? (int) expected : 0));
    received = 0;
    scanned = 0;
  }

  // Receiving.

  /** The memory for the next bytes, indices set to where they go; the caller releases it. */
  ByteBuf target() {
    switch (state) {
      case HEAD, IN_PLACE -> {
        return at(requireHead(), received).retain();
      }
      case PLACED -> {
        Landing body = requireLanding();
        return (body.remaining() > 0 ? at(body.buffer(), body.position()) : at(spill, 0)).retain();
      }
      case COLLECT -> {
        return at(requireHead(), 0).retain();
      }
      case CLOSED -> {
        return Unpooled.directBuffer(HEAD_BYTES);
      }
      default -> {
        return at(spill, 0).retain();
      }
    }
  }

  private static ByteBuf at(ReceiveBuffer buffer, int position) {
    return buffer.transport().setIndex(position, position);
  }

  private ReceiveBuffer requireHead() {
    ReceiveBuffer buffer = headBuffer;
    if (buffer == null) {
      throw new IllegalStateException("no answer is awaited");
    }
    return buffer;
  }

  private Landing requireLanding() {
    Landing body = landing;
    if (body == null) {
      throw new IllegalStateException("no body is awaited");
    }
    return body;
  }

  /** Whether more of an answer is awaited, so that a full receive is worth another. */
  private boolean expectsMore() {
    return current != null;
  }

  /** Whether decrypted bytes belong to an answer. */
  boolean awaitsAnswer() {
    return state != State.OPENING && state != State.IDLE && state != State.CLOSED;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (state == State.CLOSED) {
        return;
      }
      if (isOwn(bytes)) {
        wire.copies().received(bytes);
        consume(bytes.readableBytes());
      } else {
        consumeForeign(bytes);
      }
    } finally {
      bytes.release();
    }
  }

  /** Whether the bytes are in memory that {@link #target} gave out, where they stay. */
  @SuppressWarnings("ReferenceEquality") // the very buffer, not one of equal content
  private boolean isOwn(ByteBuf bytes) {
    ReceiveBuffer expected =
        switch (state) {
          case HEAD, IN_PLACE, COLLECT -> headBuffer;
          case PLACED -> requireLanding().remaining() > 0 ? requireLanding().buffer() : spill;
          default -> spill;
        };
    return expected != null && bytes == expected.transport();
  }

  /** Bytes that were decrypted elsewhere (the JDK's TLS) are copied to where they belong. */
  private void consumeForeign(ByteBuf bytes) {
    while (bytes.isReadable()) {
      ByteBuf target = target();
      int count = Math.min(bytes.readableBytes(), target.writableBytes());
      bytes.readBytes(target, count);
      target.release();
      if (state == State.CLOSED) {
        return;
      }
      if (state == State.PLACED || state == State.IN_PLACE) {
        wire.copies().copied(count);
      }
      consume(count);
    }
  }

  /** {@code count} more bytes lie at the target. */
  private void consume(int count) {
    switch (state) {
      case HEAD -> {
        received += count;
        parseHead();
      }
      case IN_PLACE -> {
        received += count;
        bodyReceived += count;
        stillComing();
        finishInPlace();
      }
      case PLACED -> {
        Landing body = requireLanding();
        if (count > body.remaining()) {
          fault("the answer is longer than its head says");
          return;
        }
        body.advance(count);
        bodyReceived += count;
        wire.copies().placed(count);
        stillComing();
        batchReceives(body.remaining());
        if (body.remaining() == 0) {
          finishPlaced();
        } else {
          progressed();
        }
      }
      case COLLECT -> {
        stillComing();
        collect(0, count);
      }
      default -> fault("the service sent bytes nobody asked for");
    }
  }

  private void stillComing() {
    Exchange exchange = current;
    if (exchange != null) {
      await(exchange, wire.idleNanos());
    }
  }

  private void parseHead() {
    headLength = findHeadEnd();
    if (headLength < 0) {
      growHead();
      return;
    }
    try {
      head.parse(headText, headLength);
      if (head.status() < 200) {
        skipInterim();
      } else {
        stillComing();
        routeBody();
      }
    } catch (ResponseHead.MalformedHead e) {
      fault(String.valueOf(e.getMessage()));
    } catch (ExpressException e) {
      Exchange exchange = current;
      current = null;
      endAnswer(true);
      if (exchange != null) {
        countBrokenOff(exchange);
        exchange.corrupt(e);
      }
    }
  }

  /** Copies the head to the heap, where it parses fastest, a little at a time: not the body. */
  private int findHeadEnd() {
    int end = -1;
    while (end < 0 && scanned < received) {
      int step = Math.min(received - scanned, HEAD_STEP);
      if (headText.length < scanned + step) {
        headText = Arrays.copyOf(headText, 2 * headText.length);
      }
      requireHead().transport().getBytes(scanned, headText, scanned, step);
      scanned += step;
      end = ResponseHead.endOf(headText, scanned - step, scanned);
    }
    return end;
  }

  private void growHead() {
    ReceiveBuffer small = requireHead();
    if (received < small.capacity()) {
      return;
    }
    if (received >= LARGEST_HEAD) {
      fault("the answer's head is longer than " + LARGEST_HEAD + " bytes");
      return;
    }
    ReceiveBuffer larger = wire.memory().take(2 * small.capacity());
    larger.put(0, small, 0, received);
    headBuffer = larger;
    small.run();
  }

  /** 100 Continue and its like come before the answer itself (RFC 9110, 15.2). */
  private void skipInterim() {
    int rest = received - headLength;
    requireHead().put(0, requireHead(), headLength, rest);
    received = 0;
    scanned = 0;
    if (rest > 0) {
      consume(rest);
    }
  }

  private void routeBody() throws ResponseHead.MalformedHead, ExpressException {
    Exchange exchange = current;
    if (exchange == null) {
      fault("an answer came after its request was given up");
      return;
    }
    int status = head.status();
    boolean chunked = head.isChunked();
    long length = chunked ? -1 : head.contentLength();
    if (exchange.isBodiless() || status == 204 || status == 304 || length == 0) {
      length = 0;
    }
    bodyLength = length;
    int early = received - headLength;
    bodyReceived = early;
    boolean good = status < 300;
    if (good && exchange.checkHead(head, described)) {
      described = exchange.described();
      if (length < 0) {
        throw exchange.corruptResponse("the answer does not tell its length", head);
      }
      if (exchange.isUnwanted()) {
        giveUp(exchange, early < length);
        return;
      }
      place(exchange, length, early);
      return;
    }
    collector = new BodyCollector(chunked, length, good);
    state = State.COLLECT;
    collect(headLength, early);
  }

  private void place(Exchange exchange, long length, int early) throws ExpressException {
    ReceiveBuffer buffer = requireHead();
    if (early > length) {
      fault("the answer is longer than its head says");
      return;
    }
    if (exchange.mayLendInPlace() && headLength + length <= buffer.capacity()) {
      state = State.IN_PLACE;
      finishInPlace();
      return;
    }
    Landing body = exchange.landing(head, length);
    landing = body;
    body.put(buffer, headLength, early);
    wire.copies().copied(early);
    headBuffer = null;
    buffer.run();
    state = State.PLACED;
    batchReceives(body.remaining());
    finishPlaced();
  }

  /**
   * Wakes for a good piece of a large body instead of for every segment, which halves what it
   * costs; for the last piece when just that has come. Linux epoll and plain text only: TLS records
   * have their own staging.
   */
  private void batchReceives(int remaining) {
    if (wire.endpoint().tls()) {
      return;
    }
    int wanted = remaining < BATCH_FROM && wakeBytes == 1 ? 1 : Math.min(remaining, BATCH_BYTES);
    if (Math.max(1, wanted) != wakeBytes) {
      wakeBytes = Math.max(1, wanted);
      ReceiveBatching.wakeFor(openChannel(), wakeBytes);
    }
  }

  private void progressed() {
    Exchange exchange = current;
    if (exchange != null) {
      exchange.progressed();
    }
  }

  private void finishInPlace() {
    int body = received - headLength;
    if (body < bodyLength) {
      return;
    }
    if (body > bodyLength) {
      fault("the answer is longer than its head says");
      return;
    }
    ReceiveBuffer lent = requireHead();
    headBuffer = null;
    wire.copies().placed(bodyLength);
    finish(exchange -> exchange.landedInPlace(head, lent, headLength, (int) bodyLength));
  }

  private void finishPlaced() {
    if (requireLanding().remaining() == 0) {
      finish(exchange -> exchange.landed(head));
    }
  }

  private void collect(int from, int count) {
    BodyCollector body = collector;
    if (body == null) {
      return;
    }
    try {
      if (count > 0) {
        body.add(requireHead().transport(), from, count);
      }
      if (body.isComplete()) {
        finishCollected(body);
      }
    } catch (ResponseHead.MalformedHead e) {
      fault(String.valueOf(e.getMessage()));
    }
  }

  private void finishCollected(BodyCollector body) {
    byte[] bytes = body.bytes();
    bodyReceived = bytes.length;
    if (head.status() < 300) {
      finish(exchange -> exchange.answered(head, bytes));
    } else {
      finish(exchange -> exchange.refused(head, bytes));
    }
  }

  /** What an exchange does with its complete answer. */
  private interface Ending {
    void accept(Exchange exchange) throws ExpressException;
  }

  /** Puts the connection back before the caller wakes, so that its next request finds it. */
  private void finish(Ending ending) {
    Exchange exchange = current;
    if (exchange == null) {
      endAnswer(true);
      return;
    }
    current = null;
    long tookNanos = System.nanoTime() - sentNanos;
    counted = true;
    wire.traffic().answered(exchange.operation(), head.status(), bodyReceived, tookNanos);
    record(exchange, head.status());
    wire.listener()
        .onResponse(
            wire.bucket(), exchange.operation(), head.status(), Math.max(0, bodyLength), tookNanos);
    served = true;
    endAnswer(sending || !head.keepAlive());
    try {
      ending.accept(exchange);
    } catch (ExpressException e) {
      exchange.corrupt(e);
    }
  }

  /** Nobody wants the body whose head just came: what of it is still to come is not read. */
  private void giveUp(Exchange exchange, boolean isIncomplete) {
    current = null;
    countBrokenOff(exchange);
    served = true;
    endAnswer(isIncomplete || sending || !head.keepAlive());
    exchange.abandoned();
  }

  /** Forgets the answer and rests, or closes. */
  private void endAnswer(boolean close) {
    dueNanos = NEVER;
    landing = null;
    collector = null;
    ReceiveBuffer buffer = headBuffer;
    headBuffer = null;
    if (buffer != null) {
      buffer.run();
    }
    if (close) {
      close();
      wire.pool().vacate(this);
    } else {
      state = State.IDLE;
      rest();
    }
  }

  private void rest() {
    idleSinceNanos = System.nanoTime();
    if (wire.pool().isClosed()) {
      close();
      return;
    }
    wire.pool().putBack(this);
  }

  // Failing.

  private void fault(String problem) {
    Exchange exchange = current;
    current = null;
    ResponseHead at = head;
    boolean idle = state == State.IDLE && wire.pool().takeOut(this);
    if (exchange != null || idle) {
      endAnswer(true);
    } else {
      close(); // a request has taken the connection and will find it closed
    }
    if (exchange != null) {
      countBrokenOff(exchange);
      exchange.corrupt(exchange.corruptResponse(problem, at));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    lost("the connection failed: " + cause.getMessage(), cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.COLLECT && collector != null && collector.endsWithConnection()) {
      finishCollected(collector);
      return;
    }
    lost("the service closed the connection", null);
  }

  private void lost(String problem, @Nullable Throwable cause) {
    if (state == State.OPENING) {
      neverOpened(problem, cause);
      return;
    }
    if (state == State.CLOSED) {
      return;
    }
    Exchange exchange = current;
    current = null;
    if (exchange == null) {
      if (wire.pool().takeOut(this)) {
        dispose();
      } else {
        close();
      }
      return;
    }
    Exchange.Reach reach = reach();
    String where = describe();
    ReceiveBuffer partial = headBuffer;
    if (state == State.IN_PLACE && partial != null) {
      exchange.keepPartial(partial, headLength, received - headLength, head);
    }
    endAnswer(true);
    countBrokenOff(exchange);
    exchange.broken(problem + where, cause, reach);
  }

  private Exchange.Reach reach() {
    if (state != State.HEAD || received > 0) {
      return Exchange.Reach.ANSWERED;
    }
    return served ? Exchange.Reach.SENT_ON_REUSED : Exchange.Reach.SENT;
  }

  private String describe() {
    return switch (state) {
      case HEAD -> received == 0 ? " before it answered" : " inside the answer's head";
      case PLACED -> " with " + requireLanding().remaining() + " bytes of the body to come";
      case IN_PLACE -> " with " + (bodyLength - received + headLength) + " bytes to come";
      default -> " inside the answer";
    };
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  boolean isBusy() {
    return dueNanos != NEVER;
  }

  /** Hands over to the loop when the request's time is up. Any thread. */
  void expireIfDue(long now) {
    if (dueNanos != NEVER && dueNanos - now <= 0) {
      loop.execute(this::expire);
    }
  }

  private void expire() {
    Exchange exchange = current;
    long now = System.nanoTime();
    if (exchange == null || dueNanos - now > 0) {
      return;
    }
    if (exchange.deadlineNanos() - now <= 0) {
      current = null;
      boolean opening = state == State.OPENING;
      countBrokenOff(exchange);
      abort();
      if (!opening || exchange.tryRun()) {
        exchange.expire(!opening);
      }
      return;
    }
    if (isStillSending(exchange)) {
      return;
    }
    if (wakeBytes > 1) {
      wakeBytes = 1; // bytes may trickle in without ever making a batch: look at what is there
      ReceiveBatching.wakeFor(openChannel(), 1);
      await(exchange, wire.idleNanos());
      return;
    }
    if (sending) {
      lost("the service took no more of the body for " + millis(STALL_NANOS) + " ms", null);
    } else if (state == State.HEAD && received == 0) {
      lost("no answer for " + millis(exchange.firstByteNanos()) + " ms", null);
    } else {
      lost("silence for " + millis(wire.idleNanos()) + " ms", null);
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private void abort() {
    if (state == State.OPENING) {
      dispose();
    } else {
      endAnswer(true);
    }
  }

  /** Gives up a request nobody waits for any more. Any thread. */
  void abandon(Exchange exchange) {
    loop.execute(
        () -> {
          if (current == exchange) {
            current = null;
            countBrokenOff(exchange);
            abort();
            exchange.abandoned();
          }
        });
  }

  /** Closes whatever is under way. Any thread. */
  void closeQuietly() {
    loop.execute(
        () -> {
          Exchange exchange = current;
          current = null;
          boolean waiting = state == State.OPENING;
          if (exchange != null) {
            countBrokenOff(exchange);
          }
          if (state != State.CLOSED) {
            dueNanos = NEVER;
            freeAnswer();
            close();
          }
          if (exchange != null && (!waiting || exchange.tryRun())) {
            exchange.refuseClosed();
          }
        });
  }

  private void freeAnswer() {
    landing = null;
    collector = null;
    ReceiveBuffer buffer = headBuffer;
    headBuffer = null;
    if (buffer != null) {
      buffer.run();
    }
  }

  /** The connection is over and its slot free. */
  private void dispose() {
    dueNanos = NEVER;
    freeAnswer();
    close();
    wire.pool().vacate(this);
  }

  private void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    spill.run();
    request.release();
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }
}
