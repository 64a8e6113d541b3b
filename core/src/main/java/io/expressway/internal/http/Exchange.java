package io.expressway.internal.http;

import io.expressway.AccessDeniedException;
import io.expressway.AccessKey;
import io.expressway.BucketClosedException;
import io.expressway.BucketNotFoundException;
import io.expressway.ByteRange;
import io.expressway.CorruptResponseException;
import io.expressway.CredentialsException;
import io.expressway.DeadlineExceededException;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.ThrottledException;
import io.expressway.ZoneUnavailableException;
import io.expressway.internal.retry.Backoff;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.xml.ErrorDocument;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One request with all its attempts, from the caller's thread to the answer: the only retry loop
 * there is.
 *
 * <pre>
 *   start ─► credentials ─► pool ─► connection ─► answered ─► done
 *              ▲                        │  │
 *              │  expired, renewed once │  └─ failed: resend once on a fresh connection when a
 *              └────────────────────────┘     reused one died before any byte; else back off
 *                                             and retry, inside deadline, count and budget
 * </pre>
 *
 * <p>Thread: safe because of one atomic state. WAITING: queued, backing off or without credentials;
 * whoever moves it on by compare-and-set owns it. RUNNING: owned by the loop of its connection, and
 * only that loop touches its memory. OVER: final, reached once.
 */
abstract class Exchange implements Runnable {
  /** How much the service may have seen of a request whose connection failed. */
  enum Reach {
    /** It was never sent. */
    UNSENT,
    /** It was sent on a connection that had served before; nothing came back. */
    SENT_ON_REUSED,
    /** It was sent; nothing came back. */
    SENT,
    /** Some of the answer came back. */
    ANSWERED
  }

  private static final int CLOCK_TOLERANCE_SECONDS = 300;

  private final Wire wire;
  private final Operation operation;
  private final long startedNanos = System.nanoTime();
  private final long deadlineNanos;
  private final LoopFuture<?> outcome;
  private static final int WAITING = 0;
  private static final int RUNNING = 1;
  private static final int OVER = 2;
  private static final AtomicIntegerFieldUpdater<Exchange> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Exchange.class, "state");
  private volatile int state = WAITING;
  private volatile boolean cancelled;
  private volatile @Nullable Connection connection;
  private @Nullable AccessKey signedWith;
  private @Nullable ExpressException lastFailure;
  private int retries;
  private boolean resent;
  private boolean renewed;
  private boolean clockCorrected;

  Exchange(Wire wire, Operation operation, long allowedNanos) {
    this.wire = wire;
    this.operation = operation;
    this.deadlineNanos = startedNanos + allowedNanos;
    this.outcome = new LoopFuture<>(this);
  }

  // What a kind of request says and makes of its answer.

  /** Writes the head, signed with {@code key}. */
  abstract void render(RequestWriter writer, AccessKey key, ByteBuf target);

  /** The request's body, in memory or a file, which the transport releases; null for none. */
  @Nullable ReferenceCounted body() {
    return null;
  }

  /** How many bytes {@link #body} has. */
  long bodyBytes() {
    return 0;
  }

  /** The transport reads a body no more that {@link #body} gave it. */
  void bodyLeft() {}

  /** Whether the answer comes without a body whatever its head says (HEAD). */
  boolean isBodiless() {
    return false;
  }

  /**
   * Looks at the head of a good answer: true to have its body placed, false to have it collected
   * and passed to {@link #answered}.
   *
   * @param previous what the connection's last answer described, to be named again if it is the
   *     same
   * @throws ExpressException when head and request contradict each other
   */
  boolean checkHead(ResponseHead head, @Nullable ObjectInfo previous) throws ExpressException {
    return false;
  }

  /** Bytes the answer's body will have, when the request tells it; else -1. */
  long expectedLength() {
    return -1;
  }

  /** Whether the body may stay behind its head and be lent from there. */
  boolean mayLendInPlace() {
    return false;
  }

  /** Longest wait for the first byte of the answer, once the request is sent. */
  long firstByteNanos() {
    return wire.firstByteNanos();
  }

  /** Where a body of this length goes. */
  Landing landing(ResponseHead head, long length) throws ExpressException {
    throw new IllegalStateException("nothing is to land");
  }

  /** More of the body is where {@link #landing} said, and not all of it. */
  void progressed() {}

  /** What a good answer described, once its head was checked. */
  @Nullable ObjectInfo described() {
    return null;
  }

  /** All bytes are where {@link #landing} said. */
  void landed(ResponseHead head) throws ExpressException {
    throw new IllegalStateException("nothing was to land");
  }

  /** All bytes lie in {@code buffer} from {@code offset} on; the exchange owns it now. */
  void landedInPlace(ResponseHead head, ReceiveBuffer buffer, int offset, int length)
      throws ExpressException {
    throw new IllegalStateException("nothing was to land");
  }

  /** The connection failed with part of the body behind its head: saves it, to go on from there. */
  void keepPartial(ReceiveBuffer buffer, int offset, int received, ResponseHead head) {}

  /** A good answer with its collected body. */
  abstract void answered(ResponseHead head, byte[] body) throws ExpressException;

  /** The object's key; null when the request is about none. */
  abstract @Nullable String key();

  /** The bytes that are asked for; null when the request is not for some of an object's. */
  @Nullable ByteRange range() {
    return null;
  }

  /** Where this request goes, for errors. */
  final RequestSite site() {
    return RequestSite.of(operation(), wire().bucket(), key(), range());
  }

  /** Whether doing it twice is the same as doing it once. */
  abstract boolean isIdempotent();

  /** Whether attempts since the last failure brought the request forward (bytes landed). */
  boolean madeProgress() {
    return false;
  }

  /** Whether a failure is followed by another attempt, when it is of such a kind. */
  boolean mayRetry() {
    return true;
  }

  /** Hands over what a failed request received, if somebody wants it. */
  void salvage() {}

  /** Frees what a failed request holds. */
  void discard() {}

  // The story.

  final Wire wire() {
    return wire;
  }

  final Operation operation() {
    return operation;
  }

  final long deadlineNanos() {
    return deadlineNanos;
  }

  final boolean isOver() {
    return state == OVER;
  }

  /** Whether nobody waits for the answer any more. */
  final boolean isUnwanted() {
    return cancelled;
  }

  /** Takes the request for the calling loop; false when it is over already. */
  final boolean tryRun() {
    return STATE.compareAndSet(this, WAITING, RUNNING);
  }

  /** The loop lets go of the request; true when there is still a request to go on with. */
  private boolean letGo() {
    connection = null;
    if (state != RUNNING) {
      return false;
    }
    state = WAITING;
    return !cancelled || !abandonWaiting();
  }

  @SuppressWarnings("unchecked") // each kind completes its own future with its own type
  final <T> LoopFuture<T> outcome() {
    return (LoopFuture<T>) outcome;
  }

  final void start() {
    CompletableFuture<AccessKey> key = credentialsNow();
    if (key.isDone() && !key.isCompletedExceptionally()) {
      signedWith = key.join();
      enterPool();
    } else {
      expireWhileWaiting(key);
      key.whenComplete(this::signOrFail);
    }
  }

  private void enterPool() {
    if (wantsOwnConnection()) {
      wire.pool().submitFresh(this);
    } else {
      wire.pool().submit(this);
    }
  }

  /** Whether a new connection is the point of the request. */
  boolean wantsOwnConnection() {
    return false;
  }

  /** What signs this request; CreateSession signs with the identity it was given instead. */
  CompletableFuture<AccessKey> credentialsNow() {
    return wire.credentials().current();
  }

  private void signOrFail(@Nullable AccessKey key, @Nullable Throwable failure) {
    if (key == null) {
      fail(credentialsFailure(failure));
      return;
    }
    signedWith = key;
    enterPool();
  }

  private ExpressException credentialsFailure(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ExpressException known) {
      return known;
    }
    return new CredentialsException("no credentials: " + cause, site(), cause);
  }

  /** The timer is stopped once it waits no more: it would hold the request's memory. */
  private void expireWhileWaiting(CompletableFuture<AccessKey> key) {
    Future<?> timer = wire.pool().later(this::expireIfUnconnected, remainingNanos());
    if (timer != null) {
      key.whenComplete((known, failure) -> timer.cancel(false));
    }
  }

  private void expireIfUnconnected() {
    if (STATE.compareAndSet(this, WAITING, OVER)) {
      failNow(deadlineExceeded());
    }
  }

  final long remainingNanos() {
    return Math.max(0, deadlineNanos - System.nanoTime());
  }

  /** Gives the exchange its connection; it runs next on that connection's loop. */
  final void assign(Connection assigned) {
    connection = assigned;
  }

  /** Begins the attempt, on the loop of the connection it was assigned. */
  @Override
  public final void run() {
    Connection assigned = connection;
    if (assigned != null) {
      assigned.begin(this);
    }
  }

  final AccessKey signedWith() {
    AccessKey key = signedWith;
    if (key == null) {
      throw new IllegalStateException("no credentials yet");
    }
    return key;
  }

  /** The connection failed under the request. */
  final void broken(String problem, @Nullable Throwable cause, Reach reach) {
    if (!letGo()) {
      return;
    }
    boolean safe = reach == Reach.UNSENT || isIdempotent();
    if (reach == Reach.SENT_ON_REUSED && safe && !resent) {
      resent = true; // the service closed an idle connection as we used it: no retry is spent
      wire.pool().submitFresh(this);
      return;
    }
    retryOrFail(
        safe
            ? new ZoneUnavailableException(problem, site(), cause)
            : outcomeUnknown(problem, site(), cause),
        safe);
  }

  /** The answer to what must not be sent twice was lost. */
  private static OutcomeUnknownException outcomeUnknown(
      String problem, RequestSite where, @Nullable Throwable cause) {
    return new OutcomeUnknownException(
        problem + "; whether the request took effect is not known: look before sending it again",
        where,
        cause);
  }

  /** The answer makes no sense, or shows that the request cannot be met any more. */
  final void corrupt(ExpressException problem) {
    if (!letGo()) {
      return;
    }
    boolean unclear = problem instanceof CorruptResponseException && !isIdempotent();
    retryOrFail(
        unclear ? outcomeUnknown(said(problem), site(), problem) : problem,
        problem instanceof CorruptResponseException && isIdempotent());
  }

  private static String said(Throwable problem) {
    return String.valueOf(problem.getMessage());
  }

  /** The service refused, with the whole answer at hand. */
  final void refused(ResponseHead head, byte[] body) {
    refused(head, head.status(), ErrorDocument.parse(body));
  }

  /** The service began its answer with 200 and ended it with an error. */
  final void refusedLate(ResponseHead head, ErrorDocument said) {
    refused(head, said.status(), said);
  }

  private void refused(ResponseHead head, int status, ErrorDocument said) {
    if (!letGo()) {
      return;
    }
    if (isStaleKey(status, said) && renew()) {
      return;
    }
    if (isDeniedToSession(status, said) && tryAnotherKey(head, status, said)) {
      return;
    }
    if (isSkewed(head, said) && !clockCorrected) {
      clockCorrected = true;
      wire.correctClock(head.dateSecond());
      wire.pool().submit(this);
      return;
    }
    failRefused(head, status, said);
  }

  private void failRefused(ResponseHead head, int status, ErrorDocument said) {
    ExpressException failure = classify(head, status, said);
    boolean isTrouble = failure instanceof ZoneUnavailableException;
    boolean isUntouched = status == 503 || isRequestTimeout(said) || isIdempotent();
    if (isTrouble && !isUntouched) {
      retryOrFail(outcomeUnknown(said(failure), failure.site(), failure), false);
    } else {
      retryOrFail(failure, isTrouble || isGarbled(said) || failure instanceof ThrottledException);
    }
  }

  /** The bytes did not arrive as they were sent, and were not taken. */
  private static boolean isGarbled(ErrorDocument said) {
    return "BadDigest".equals(said.code());
  }

  /** The service gave up waiting for the rest of the request, and did nothing. */
  private static boolean isRequestTimeout(ErrorDocument said) {
    return "RequestTimeout".equals(said.code());
  }

  /**
   * ExpiredToken or InvalidToken, or a session that the zone has lost: the service itself made its
   * key. A HEAD answer has no body to say so.
   */
  private boolean isStaleKey(int status, ErrorDocument said) {
    String code = said.code();
    boolean mute = code == null && isBodiless() && status == 400;
    boolean isLost = signedWith().isSession() && "InvalidAccessKeyId".equals(code);
    return signedWith().token().isPresent()
        && (mute || isLost || "ExpiredToken".equals(code) || "InvalidToken".equals(code));
  }

  /** Whether another access key may be had for this request. */
  boolean canRenew() {
    return true;
  }

  private boolean renew() {
    if (renewed || !canRenew()) {
      return false;
    }
    renewed = true;
    wire.credentials().reject(signedWith());
    start();
    return true;
  }

  /** A denial that a session may have caused: it may have lost its right. */
  private boolean isDeniedToSession(int status, ErrorDocument said) {
    boolean isOfRights = said.code() == null || "AccessDenied".equals(said.code());
    return status == 403 && signedWith().isSession() && isOfRights;
  }

  /** Whether the denied request goes on, now or later, with a key that may fare better. */
  private boolean tryAnotherKey(ResponseHead head, int status, ErrorDocument said) {
    if (renewed || !canRenew()) {
      return false;
    }
    AccessKey denied = signedWith();
    CompletableFuture<AccessKey> other = wire.credentials().another(denied);
    if (other.isDone() && (other.isCompletedExceptionally() || other.join() == denied)) {
      return false;
    }
    renewed = true;
    lastFailure = classify(head, status, said);
    expireWhileWaiting(other);
    other.whenComplete(
        (key, failure) -> {
          if (key == null) {
            fail(java.util.Objects.requireNonNull(lastFailure));
          } else {
            signOrFail(key, null);
          }
        });
    return true;
  }

  private boolean isSkewed(ResponseHead head, ErrorDocument said) {
    long server = head.dateSecond();
    if (head.status() != 403 || server < 0) {
      return false;
    }
    boolean far = Math.abs(server - wire.nowSecond()) > CLOCK_TOLERANCE_SECONDS;
    return "RequestTimeTooSkewed".equals(said.code()) || (said.code() == null && far);
  }

  private void retryOrFail(ExpressException failure, boolean retryable) {
    if (lastFailure != null && failure != lastFailure) {
      failure.addSuppressed(lastFailure);
    }
    lastFailure = failure;
    if (madeProgress()) {
      retries = 0;
    }
    boolean allowed =
        retryable
            && mayRetry()
            && !wire.pool().isClosed()
            && retries < wire.options().retries()
            && wire.budget().tryRetry();
    if (!allowed) {
      fail(failure);
      return;
    }
    retryLater(failure);
  }

  private void retryLater(ExpressException failure) {
    long delay = Backoff.nanos(retries++, failure instanceof ThrottledException);
    if (delay >= remainingNanos()) {
      fail(failure);
      return;
    }
    wire.traffic().retried(operation);
    if (FlightRecorder.isInitialized()) {
      RetryEvent.commit(failure.site(), failure, delay);
    }
    wire.listener().onRetry(wire.bucket(), operation, failure, Duration.ofNanos(delay));
    if (wire.pool().later(this::startUnlessOver, delay) == null) {
      refuseClosed();
    }
  }

  private void startUnlessOver() {
    if (!isOver()) {
      start();
    }
  }

  private DeadlineExceededException deadlineExceeded() {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - startedNanos);
    return new DeadlineExceededException(
        "no complete answer within " + millis + " ms; raise the deadline, or look at the zone",
        site(),
        lastFailure);
  }

  /** The time allowed ran out, on the loop that runs the request. */
  final void expire(boolean sent) {
    DeadlineExceededException late = deadlineExceeded();
    fail(sent && !isIdempotent() ? outcomeUnknown("no answer in time", site(), late) : late);
  }

  final void fail(ExpressException failure) {
    if (STATE.getAndSet(this, OVER) != OVER) {
      failNow(failure);
    }
  }

  private void failNow(ExpressException failure) {
    connection = null;
    wire.traffic().failed(operation);
    salvage();
    discard();
    outcome.completeExceptionally(failure);
  }

  /** The request succeeded. */
  final <T> boolean succeed(T value) {
    state = OVER;
    connection = null;
    wire.budget().onSuccess();
    return this.<T>outcome().complete(value);
  }

  final void refuseClosed() {
    fail(new BucketClosedException("the bucket is closed", site(), null));
  }

  /** Its time is up while it waits for a connection. */
  final void expireIfWaiting() {
    expireIfUnconnected();
  }

  /** Gives the request up, from any thread; the outcome is cancelled already. */
  final void cancel() {
    cancelled = true;
    Connection running = connection;
    if (!abandonWaiting() && running != null) {
      running.abandon(this);
    }
  }

  private boolean abandonWaiting() {
    boolean abandoned = STATE.compareAndSet(this, WAITING, OVER);
    if (abandoned) {
      discard();
    }
    return abandoned;
  }

  /** The loop that runs the request was told that nobody wants its answer. */
  final void abandoned() {
    if (STATE.getAndSet(this, OVER) != OVER) {
      connection = null;
      discard();
    }
  }

  final @Nullable Connection connection() {
    return connection;
  }

  final CorruptResponseException corruptResponse(String problem, ResponseHead head) {
    return new CorruptResponseException(
        problem, site().answered(head.status(), null, head.header("x-amz-request-id")), null);
  }

  /** A 416, which only a read can meet. */
  ExpressException rangeNotSatisfiable(ResponseHead head, ErrorDocument said, RequestSite where) {
    return new InvalidRequestException("no range was asked for", where, null);
  }

  /** Names a refusal by its class (S3 API, "Error responses", 2026-11-22). */
  private ExpressException classify(ResponseHead head, int status, ErrorDocument said) {
    String id = said.requestId() != null ? said.requestId() : head.header("x-amz-request-id");
    RequestSite where = site().answered(status, said.code(), id);
    String message = said.message() == null ? "the service answered " + status : said.message();
    if (status == 503 || status == 429) {
      return unavailable(status, said, where, message);
    }
    return switch (status) {
      case 416 -> rangeNotSatisfiable(head, said, where);
      case 404 ->
          "NoSuchBucket".equals(said.code())
              ? new BucketNotFoundException(
                  "no such bucket at " + wire.endpoint() + ": check its name and zone", where, null)
              : new ObjectNotFoundException(missing(said), where, null);
      case 401, 403 -> new AccessDeniedException(deniedAdvice(said, message), where, null);
      case 304, 409, 412 ->
          new PreconditionFailedException(
              "the object is not what the condition requires: " + message, where, null);
      default ->
          "InvalidWriteOffset".equals(said.code())
              ? new PreconditionFailedException(
                  "the object does not end where the bytes are to go: " + message, where, null)
              : other(status, message, where);
    };
  }

  private static String missing(ErrorDocument said) {
    return "NoSuchUpload".equals(said.code())
        ? "no such upload: it was completed or aborted"
        : "no such object";
  }

  private static ExpressException other(int status, String message, RequestSite where) {
    return (status >= 500 && status != 501) || "RequestTimeout".equals(where.errorCode())
        ? new ZoneUnavailableException(message, where, null)
        : new InvalidRequestException(message, where, null);
  }

  private ExpressException unavailable(
      int status, ErrorDocument said, RequestSite where, String message) {
    boolean throttled = status == 429 || "SlowDown".equals(said.code());
    if (throttled) {
      return new ThrottledException(message, where, null);
    }
    return new ZoneUnavailableException(
        message + " (a bucket idle for 90 days answers 503 for some minutes)", where, null);
  }

  private String deniedAdvice(ErrorDocument said, String message) {
    String code = said.code() == null ? "" : said.code();
    return switch (code) {
      case "SignatureDoesNotMatch" ->
          message
              + " Signed for Region "
              + wire.region()
              + ", service "
              + wire.service()
              + ": check the secret access key and the Region";
      case "InvalidAccessKeyId" -> message + " Check which credentials are in use: " + signedWith();
      case "RequestTimeTooSkewed" -> message + " Check this machine's clock";
      default -> message + " Signed with " + signedWith();
    };
  }
}
