package io.expressway.internal.http;

import io.expressway.BucketCredentials;
import io.expressway.BucketListener;
import io.expressway.BucketName;
import io.expressway.CorruptResponseException;
import io.expressway.ExpressOptions;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.internal.retry.RetryBudget;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What all requests to one bucket share: where they go, what signs them, how often they may be
 * repeated, where their answers land. Safe for many threads.
 */
final class Wire {
  private final BucketName bucket;
  private final Endpoint endpoint;
  private final String region;
  private final String service;
  private final ExpressOptions options;
  private final byte[] hostHeader;
  private final RetryBudget budget = new RetryBudget();
  private final ReceiveMemory memory;
  private final ConnectionPool pool;
  private final CopyCount copies = new CopyCount();
  private final Traffic traffic = new Traffic();
  private final PartPatience partPatience;
  private final ReadTarget lentTarget;
  private final long firstByteNanos;
  private final long idleNanos;
  private final long keepAliveNanos;
  private final long readDeadlineNanos;
  private volatile long clockSkewSeconds;
  private volatile @Nullable BucketCredentials credentials;

  Wire(
      BucketName bucket, Endpoint endpoint, String region, String service, ExpressOptions options) {
    this.bucket = bucket;
    this.endpoint = endpoint;
    this.region = region;
    this.service = service;
    this.options = options;
    this.hostHeader = endpoint.hostHeaderBytes();
    this.memory = new ReceiveMemory(options.pooledMemory());
    this.lentTarget = ReadTarget.lent(memory);
    this.firstByteNanos = options.firstByteTimeout().toNanos();
    this.partPatience = new PartPatience(firstByteNanos);
    this.idleNanos = options.idleTimeout().toNanos();
    this.keepAliveNanos = options.keepAlive().toNanos();
    this.readDeadlineNanos = options.readDeadline().toNanos();
    this.pool = new ConnectionPool(this);
  }

  BucketName bucket() {
    return bucket;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  String region() {
    return region;
  }

  String service() {
    return service;
  }

  ExpressOptions options() {
    return options;
  }

  byte[] hostHeader() {
    return hostHeader;
  }

  BucketListener listener() {
    return options.listener();
  }

  RetryBudget budget() {
    return budget;
  }

  ReceiveMemory memory() {
    return memory;
  }

  /** Where reads land that are lent from our memory. */
  ReadTarget lentTarget() {
    return lentTarget;
  }

  long firstByteNanos() {
    return firstByteNanos;
  }

  long idleNanos() {
    return idleNanos;
  }

  long keepAliveNanos() {
    return keepAliveNanos;
  }

  long readDeadlineNanos() {
    return readDeadlineNanos;
  }

  ConnectionPool pool() {
    return pool;
  }

  PartPatience partPatience() {
    return partPatience;
  }

  Traffic traffic() {
    return traffic;
  }

  CopyCount copies() {
    return copies;
  }

  BucketCredentials credentials() {
    BucketCredentials current = credentials;
    if (current == null) {
      throw new IllegalStateException("the bucket is not open yet");
    }
    return current;
  }

  void credentials(BucketCredentials source) {
    credentials = source;
  }

  /** The service's clock, as far as its answers told it. */
  long nowSecond() {
    return System.currentTimeMillis() / 1000 + clockSkewSeconds;
  }

  /** Sets this machine's clock right by the service's; false when it was right already. */
  boolean correctClock(long serverSecond) {
    long skew = serverSecond - System.currentTimeMillis() / 1000;
    boolean changed = Math.abs(skew - clockSkewSeconds) > 5;
    clockSkewSeconds = skew;
    return changed;
  }

  Instant now() {
    return Instant.ofEpochSecond(nowSecond());
  }

  /** Sends a request; its future is cancelled to give it up. */
  <T> CompletableFuture<T> send(DocumentRequest request, DocumentExchange.Answer<T> answer) {
    return start(new DocumentExchange<>(this, request, answer));
  }

  /** Sends a request signed with the IAM identity itself. */
  <T> CompletableFuture<T> sendAsIdentity(
      DocumentRequest request, DocumentExchange.Answer<T> answer) {
    return start(new DocumentExchange<>(this, request, answer, credentials()::identity));
  }

  <T> CompletableFuture<T> start(DocumentExchange<T> exchange) {
    exchange.start();
    return exchange.outcome();
  }

  CorruptResponseException corrupt(
      Operation operation, @Nullable String key, String problem, @Nullable Throwable cause) {
    return new CorruptResponseException(
        problem, RequestSite.of(operation, bucket, key, null), cause);
  }

  void close() {
    BucketCredentials current = credentials;
    if (current != null) {
      current.release();
    }
    pool.close();
    memory.close();
  }
}
