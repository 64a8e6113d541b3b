package io.expressway.internal.http;

import io.expressway.AccessKey;
import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.xml.ErrorDocument;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request whose answer is a head or a small document: everything but reads. What it sends and
 * makes of its answer are given to it.
 */
final class DocumentExchange<T> extends Exchange {
  /** Makes the outcome of a good answer. */
  interface Answer<T> {
    T of(ResponseHead head, byte[] body) throws ExpressException;
  }

  private final DocumentRequest request;
  private final Answer<T> answer;
  private final @Nullable Supplier<CompletableFuture<AccessKey>> identity;

  DocumentExchange(Wire wire, DocumentRequest request, Answer<T> answer) {
    this(wire, request, answer, null);
  }

  /** Signs with {@code identity} whatever the bucket's credentials are. */
  DocumentExchange(
      Wire wire,
      DocumentRequest request,
      Answer<T> answer,
      @Nullable Supplier<CompletableFuture<AccessKey>> identity) {
    super(wire, request.operation(), request.deadline().toNanos());
    this.request = request;
    this.answer = answer;
    this.identity = identity;
  }

  @Override
  CompletableFuture<AccessKey> credentialsNow() {
    return identity == null ? super.credentialsNow() : identity.get();
  }

  @Override
  boolean wantsOwnConnection() {
    return operation() == Operation.WARM_UP;
  }

  @Override
  boolean canRenew() {
    return identity == null;
  }

  @Override
  void render(RequestWriter writer, AccessKey key, ByteBuf target) {
    request.begin(writer, wire());
    writer.token(key);
    request.finish(writer, wire());
    writer.finish(key, target);
  }

  @Override
  @Nullable ReferenceCounted body() {
    return request.transport();
  }

  @Override
  long bodyBytes() {
    return request.bodyBytes();
  }

  @Override
  void bodyLeft() {
    request.bodyLeft();
  }

  @Override
  boolean isBodiless() {
    return request.isHead();
  }

  @Override
  boolean isIdempotent() {
    return request.isIdempotent();
  }

  @Override
  boolean mayRetry() {
    return !request.isOnce();
  }

  @Override
  long firstByteNanos() {
    return request.firstByteNanos() > 0 ? request.firstByteNanos() : super.firstByteNanos();
  }

  @Override
  void answered(ResponseHead head, byte[] body) throws ExpressException {
    ErrorDocument said = request.failsLate() ? ErrorDocument.parse(body) : ErrorDocument.NONE;
    if (said.code() != null) {
      refusedLate(head, said);
      return;
    }
    T outcome = answer.of(head, body);
    request.answered();
    request.end();
    succeed(outcome);
  }

  @Override
  void discard() {
    request.end();
  }

  @Override
  @Nullable String key() {
    return request.key();
  }
}
