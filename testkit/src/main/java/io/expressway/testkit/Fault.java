package io.expressway.testkit;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One scripted misbehaviour of a zone, and the requests it befalls. Immutable.
 *
 * <p>A fault strikes every request once by default: the first one that it matches. Narrow it with
 * {@link #on}, {@link #onMethod}, {@link #onKey}, {@link #nth}; repeat it with {@link #times} or
 * {@link #always}. Of several faults the first that matches strikes.
 *
 * <pre>{@code
 * zone.inject(Fault.truncateAt(1000).on("GetObject").onKey("day.parquet").times(2));
 * }</pre>
 */
public final class Fault {
  enum Kind {
    REFUSE_CONNECTION,
    IGNORE_CONNECTION,
    RESET_BEFORE_HEAD,
    RESET_AFTER_BODY_BYTES,
    TRUNCATE,
    TRICKLE,
    STALL_BEFORE_HEAD,
    STALL_AFTER_BODY_BYTES,
    BLACK_HOLE,
    DELAY,
    ERROR,
    ERROR_IN_BODY,
    WRONG_CONTENT_RANGE,
    WRONG_CONTENT_LENGTH,
    WRONG_CHECKSUM,
    WRONG_ETAG,
    CORRUPT_BODY,
    SKEWED_DATE,
    CLOSE_AFTER_RESPONSE,
    CONNECTION_CLOSE
  }

  /** The answer of an {@link Kind#ERROR}. */
  record Answer(int status, String code, String message) {}

  private static final Answer INTERNAL_ERROR =
      new Answer(500, "InternalError", "We encountered an internal error. Please try again.");

  private final Kind kind;
  private final long amount;
  private final Duration duration;
  private final @Nullable Answer answer;
  private final @Nullable String operation;
  private final @Nullable String method;
  private final @Nullable Predicate<String> key;
  private final int first;
  private final long times;
  private final double probability;
  private final long seed;

  private Fault(
      Kind kind,
      long amount,
      Duration duration,
      @Nullable Answer answer,
      @Nullable String operation,
      @Nullable String method,
      @Nullable Predicate<String> key,
      int first,
      long times,
      double probability,
      long seed) {
    this.kind = kind;
    this.amount = amount;
    this.duration = duration;
    this.answer = answer;
    this.operation = operation;
    this.method = method;
    this.key = key;
    this.first = first;
    this.times = times;
    this.probability = probability;
    this.seed = seed;
  }

  private static Fault of(Kind kind, long amount, Duration duration, @Nullable Answer answer) {
    if (amount < 0 && kind != Kind.WRONG_CONTENT_LENGTH) {
      throw new IllegalArgumentException(kind + ": bytes must not be negative, but are " + amount);
    }
    if (duration.isNegative() && kind != Kind.SKEWED_DATE) {
      throw new IllegalArgumentException(
          kind + ": the duration must not be negative, but is " + duration);
    }
    return new Fault(kind, amount, duration, answer, null, null, null, 1, 1, 1, 0);
  }

  private static Fault of(Kind kind) {
    return of(kind, 0, Duration.ZERO, null);
  }

  private static Fault error(int status, String code, String message) {
    return of(Kind.ERROR, 0, Duration.ZERO, new Answer(status, code, message));
  }

  // ---- connections ----

  /** Accepts the next connection and resets it at once. Strikes connections, not requests. */
  public static Fault refuseConnection() {
    return of(Kind.REFUSE_CONNECTION);
  }

  /**
   * Accepts the next connection and never reads from it: a TLS handshake hangs. Strikes
   * connections, not requests.
   */
  public static Fault ignoreConnection() {
    return of(Kind.IGNORE_CONNECTION);
  }

  // ---- the answer is cut ----

  /**
   * Reads the request, then resets the connection instead of answering. The request took effect.
   */
  public static Fault resetBeforeHead() {
    return of(Kind.RESET_BEFORE_HEAD);
  }

  /** Sends the head, then resets the connection. */
  public static Fault resetAfterHead() {
    return of(Kind.RESET_AFTER_BODY_BYTES);
  }

  /** Sends the head and {@code bodyBytes} of the body, then resets the connection. */
  public static Fault resetAfter(long bodyBytes) {
    return of(Kind.RESET_AFTER_BODY_BYTES, bodyBytes, Duration.ZERO, null);
  }

  /**
   * Sends the head and {@code bodyBytes} of the body, then closes in order (FIN; over TLS without a
   * close_notify).
   */
  public static Fault truncateAt(long bodyBytes) {
    return of(Kind.TRUNCATE, bodyBytes, Duration.ZERO, null);
  }

  // ---- the answer is slow ----

  /** Sends the head, then {@code bytes} of the body per interval. */
  public static Fault trickle(long bytes, Duration interval) {
    if (bytes < 1) {
      throw new IllegalArgumentException("trickle: bytes must be positive, but are " + bytes);
    }
    return of(Kind.TRICKLE, bytes, interval, null);
  }

  /** Carries the request out, sends nothing, and keeps the connection open. */
  public static Fault stallBeforeHead() {
    return of(Kind.STALL_BEFORE_HEAD);
  }

  /** Sends the head and {@code bodyBytes} of the body, then nothing; the connection stays open. */
  public static Fault stallAfter(long bodyBytes) {
    return of(Kind.STALL_AFTER_BODY_BYTES, bodyBytes, Duration.ZERO, null);
  }

  /** Takes the request and neither carries it out nor answers; the connection stays open. */
  public static Fault blackHole() {
    return of(Kind.BLACK_HOLE);
  }

  /** Answers later than the latency profile says, by this much. */
  public static Fault delay(Duration duration) {
    return of(Kind.DELAY, 0, duration, null);
  }

  // ---- the answer is an error; the request is not carried out ----

  /** 500 InternalError. */
  public static Fault internalError() {
    return of(Kind.ERROR, 0, Duration.ZERO, INTERNAL_ERROR);
  }

  /** 503 SlowDown. */
  public static Fault slowDown() {
    return error(503, "SlowDown", "Please reduce your request rate.");
  }

  /**
   * 503 ServiceUnavailable, as a bucket answers that was idle for ninety days (Amazon S3 User
   * Guide, "Differences for directory buckets", read on 2026-11-22).
   */
  public static Fault inactiveBucket() {
    return error(503, "ServiceUnavailable", "Service is unable to handle request.");
  }

  /** 400 ExpiredToken, although the session is good. */
  public static Fault expiredSession() {
    return error(400, "ExpiredToken", "The provided token has expired.");
  }

  /** 403 AccessDenied. */
  public static Fault accessDenied() {
    return error(403, "AccessDenied", "Access Denied");
  }

  /** Any error. */
  public static Fault status(int status, String code, String message) {
    return error(status, code, message);
  }

  /** 200 with an {@code <Error>} of InternalError as its body, as CopyObject may answer. */
  public static Fault errorInBody() {
    return of(Kind.ERROR_IN_BODY, 0, Duration.ZERO, INTERNAL_ERROR);
  }

  // ---- the answer is wrong ----

  /** The Content-Range is one byte off; an answer without one is left alone. */
  public static Fault wrongContentRange() {
    return of(Kind.WRONG_CONTENT_RANGE);
  }

  /**
   * The Content-Length says {@code deltaBytes} more (or fewer) than the body has; the connection is
   * closed after the body. An answer without one is left alone.
   */
  public static Fault wrongContentLength(long deltaBytes) {
    return of(Kind.WRONG_CONTENT_LENGTH, deltaBytes, Duration.ZERO, null);
  }

  /** Every {@code x-amz-checksum-*} value is wrong; an answer without one is left alone. */
  public static Fault wrongChecksum() {
    return of(Kind.WRONG_CHECKSUM);
  }

  /** The ETag is that of another version; an answer without one is left alone. */
  public static Fault wrongETag() {
    return of(Kind.WRONG_ETAG);
  }

  /** The byte in the middle of the body is flipped. */
  public static Fault corruptBody() {
    return of(Kind.CORRUPT_BODY);
  }

  /** The Date header is off by this much. */
  public static Fault skewedDate(Duration by) {
    return of(Kind.SKEWED_DATE, 0, by, null);
  }

  /** Answers in full, says nothing about closing, and closes. */
  public static Fault closeAfterResponse() {
    return of(Kind.CLOSE_AFTER_RESPONSE);
  }

  /** Answers in full with {@code Connection: close}, and closes. */
  public static Fault connectionClose() {
    return of(Kind.CONNECTION_CLOSE);
  }

  // ---- which requests ----

  /** Only requests of this operation, such as {@code GetObject}. */
  public Fault on(String apiOperation) {
    boolean known = false;
    for (Operation candidate : Operation.values()) {
      known |= candidate.apiName().equals(apiOperation);
    }
    if (!known) {
      throw new IllegalArgumentException(
          "no operation '" + apiOperation + "': use its name in the API reference, like GetObject");
    }
    return with(apiOperation, method, key, first, times, probability, seed);
  }

  /** Only requests with this HTTP method. */
  public Fault onMethod(String httpMethod) {
    return with(operation, httpMethod, key, first, times, probability, seed);
  }

  /** Only requests for this key. */
  public Fault onKey(String exactKey) {
    return onKey(exactKey::equals);
  }

  /** Only requests for a key that the predicate accepts. */
  public Fault onKey(Predicate<String> keys) {
    return with(operation, method, keys, first, times, probability, seed);
  }

  /** Lets {@code n - 1} matching requests pass first. */
  public Fault nth(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("nth: counts from 1, but is " + n);
    }
    return with(operation, method, key, n, times, probability, seed);
  }

  /** Strikes this many times. */
  public Fault times(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("times: must be positive, but is " + n);
    }
    return with(operation, method, key, first, n, probability, seed);
  }

  /** Strikes until cleared. */
  public Fault always() {
    return with(operation, method, key, first, Long.MAX_VALUE, probability, seed);
  }

  /** Strikes each matching request with this probability, until cleared; seeded. */
  public Fault withProbability(double share, long newSeed) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "withProbability: share must be within [0, 1], but is " + share);
    }
    return with(operation, method, key, first, Long.MAX_VALUE, share, newSeed);
  }

  private Fault with(
      @Nullable String newOperation,
      @Nullable String newMethod,
      @Nullable Predicate<String> newKey,
      int newFirst,
      long newTimes,
      double newProbability,
      long newSeed) {
    return new Fault(
        kind,
        amount,
        duration,
        answer,
        newOperation,
        newMethod,
        newKey,
        newFirst,
        newTimes,
        newProbability,
        newSeed);
  }

  Kind kind() {
    return kind;
  }

  long amount() {
    return amount;
  }

  Duration duration() {
    return duration;
  }

  Answer answer() {
    return answer == null ? INTERNAL_ERROR : answer;
  }

  int first() {
    return first;
  }

  long times() {
    return times;
  }

  double probability() {
    return probability;
  }

  long seed() {
    return seed;
  }

  /** Whether the request is answered with an error and not carried out. */
  boolean refuses() {
    return kind == Kind.ERROR || kind == Kind.ERROR_IN_BODY;
  }

  boolean strikesConnections() {
    return kind == Kind.REFUSE_CONNECTION || kind == Kind.IGNORE_CONNECTION;
  }

  boolean matches(Operation asked, String askedMethod, @Nullable String askedKey) {
    return (operation == null || operation.equals(asked.apiName()))
        && (method == null || method.equals(askedMethod))
        && (key == null || (askedKey != null && key.test(askedKey)));
  }

  @Override
  public String toString() {
    return "Fault[" + kind + (operation == null ? "" : " on " + operation) + "]";
  }
}
