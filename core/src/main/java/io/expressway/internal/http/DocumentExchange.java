package io.expressway.internal.http;

import io.expressway.AccessKey;
import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.internal.sign.RequestWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request whose answer is a head or a small document: everything but reads. What it sends and
 * makes of its answer are given as functions.
 */
final class DocumentExchange<T> extends Exchange {
  /** Adds the headers between {@code host} and the token, in the order of their names. */
  interface Headers {
    void write(RequestWriter writer, long nowSecond);
  }

  /** Makes the outcome of a good answer. */
  interface Answer<T> {
    T of(ResponseHead head, byte[] body) throws ExpressException;
  }

  /** What to send. {@code key} is null for requests to the bucket itself. */
  record Request(
      Operation operation,
      String method,
      @Nullable String key,
      String query,
      @Nullable ByteBuffer body,
      boolean idempotent,
      Duration deadline,
      Headers headers) {}

  private final Request request;
  private final Answer<T> answer;
  private final @Nullable AccessKey fixedKey;

  DocumentExchange(Wire wire, Request request, Answer<T> answer) {
    this(wire, request, answer, null);
  }

  /** Signs with {@code fixedKey} whatever the bucket's credentials are. */
  DocumentExchange(Wire wire, Request request, Answer<T> answer, @Nullable AccessKey fixedKey) {
    super(wire, request.operation(), request.deadline().toNanos());
    this.request = request;
    this.answer = answer;
    this.fixedKey = fixedKey;
  }

  @Override
  CompletableFuture<AccessKey> credentialsNow() {
    return fixedKey == null ? super.credentialsNow() : CompletableFuture.completedFuture(fixedKey);
  }

  @Override
  boolean wantsOwnConnection() {
    return operation() == Operation.WARM_UP;
  }

  @Override
  boolean canRenew() {
    return fixedKey == null;
  }

  /** Nobody waits for a session's refresh, and asking twice would not bring it sooner. */
  @Override
  long firstByteNanos() {
    return operation() == Operation.CREATE_SESSION
        ? request.deadline().toNanos()
        : super.firstByteNanos();
  }

  @Override
  void render(RequestWriter writer, AccessKey key, ByteBuf target) {
    String prefix = wire().endpoint().pathPrefix();
    writer.begin(
        request.method(), request.key() == null ? prefix : prefix + request.key(), request.query());
    writer.unsigned("user-agent", WireBucket.USER_AGENT);
    ByteBuffer body = request.body();
    if (body != null) {
      writer.unsigned("content-length", body.remaining());
    }
    writer.host(wire().hostHeader());
    request.headers().write(writer, wire().nowSecond());
    writer.token(key).finish(key, target);
  }

  @Override
  @Nullable ByteBuf body() {
    ByteBuffer body = request.body();
    return body == null || !body.hasRemaining() ? null : Unpooled.wrappedBuffer(body.duplicate());
  }

  @Override
  boolean isBodiless() {
    return request.method().equals("HEAD");
  }

  @Override
  boolean isIdempotent() {
    return request.idempotent();
  }

  @Override
  void answered(ResponseHead head, byte[] body) throws ExpressException {
    succeed(answer.of(head, body));
  }

  @Override
  RequestSite site() {
    return RequestSite.of(operation(), wire().bucket(), request.key(), null);
  }
}
