package io.expressway.testkit;

import io.expressway.testkit.auth.Authenticator;
import io.expressway.testkit.auth.Session;
import io.expressway.testkit.auth.Sessions;
import io.expressway.testkit.auth.Verified;
import io.expressway.testkit.store.Identity;
import io.expressway.testkit.store.ObjectStore;
import io.expressway.testkit.store.S3Error;
import io.expressway.testkit.store.S3Request;
import io.expressway.testkit.store.S3Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one zone does with a request between socket and store: who signed, may they, sessions,
 * faults, counters. Safe for many event loops; outlives a stop and a start of its zone.
 */
final class ZoneService {
  private static final String SESSION_TOKEN = "x-amz-s3session-token";

  private final ServerOptions options;
  private final InstantSource clock;
  private final ObjectStore store;
  private final Sessions sessions;
  private final Authenticator authenticator;
  private final FaultScript faults = new FaultScript();
  private final Meter meter = new Meter();
  private final RequestLog log;
  private final RequestIds ids;
  private final ReplyHead replyHead = new ReplyHead();
  private final FaultyReply faultyReply = new FaultyReply();
  private final LatencyProfile latency;
  private final EvenDraws latencyDraws;

  ZoneService(
      String zone,
      ServerOptions options,
      ObjectStore store,
      Sessions sessions,
      Authenticator authenticator) {
    this.options = options;
    this.clock = options.clock();
    this.store = store;
    this.sessions = sessions;
    this.authenticator = authenticator;
    this.log = new RequestLog(options.requestLog());
    this.ids = new RequestIds(options.seed() + zone.hashCode());
    this.latency = options.latency();
    this.latencyDraws = latency.drawsFor(zone);
  }

  ObjectStore store() {
    return store;
  }

  FaultScript faults() {
    return faults;
  }

  Meter meter() {
    return meter;
  }

  RequestLog log() {
    return log;
  }

  Sessions sessions() {
    return sessions;
  }

  ServerOptions options() {
    return options;
  }

  ByteBuf head(Reply reply, ByteBufAllocator allocator) {
    return replyHead.write(reply, clock.instant(), allocator);
  }

  /** Reads and judges the head of a request, and makes room for its body. */
  Exchange open(HttpRequest request) {
    Exchange exchange = new Exchange(request, ids.requestId(), clock.instant());
    try {
      if (request.decoderResult().isFailure()) {
        throw new S3Error(400, "BadRequest", "An error occurred when parsing the HTTP request.");
      }
      exchange.parse(options.pathStyle());
      exchange.fault = faults.strike(exchange.operation, exchange.method, exchange.address.key());
      refuseScripted(exchange.fault);
      authorize(exchange);
      exchange.allocate();
    } catch (S3Error error) {
      exchange.refusal = error;
    }
    meter.request(exchange.operation);
    return exchange;
  }

  private static void refuseScripted(@Nullable Fault fault) {
    if (fault != null && fault.refuses()) {
      Fault.Answer answer = fault.answer();
      throw new S3Error(answer.status(), answer.code(), answer.message());
    }
  }

  /**
   * CreateSession page: session credentials sign every zonal operation but CreateSession,
   * CopyObject and UploadPartCopy; a ReadOnly session may only read; a session is good for its
   * bucket only.
   */
  private void authorize(Exchange exchange) {
    Operation operation = exchange.operation;
    if (operation == Operation.CREATE_SESSION && exchange.headers.containsKey(SESSION_TOKEN)) {
      throw new S3Error(
          400,
          "InvalidRequest",
          "CreateSession request should not include \"x-amz-s3session-token\"");
    }
    Verified verified = authenticator.verify(exchange.signed(), exchange.now);
    exchange.verified = verified;
    if (operation == Operation.UNKNOWN) {
      throw new S3Error(
          501,
          "NotImplemented",
          "A header or query you provided implies functionality that is not implemented.");
    }
    Session session = verified.session();
    if (session == null) {
      refuseIamOnData(operation);
    } else {
      checkSession(session, exchange);
    }
  }

  private void refuseIamOnData(Operation operation) {
    boolean data = operation.access() != Operation.Access.IAM && operation != Operation.HEAD_BUCKET;
    if (data && !options.iamOnData()) {
      throw new S3Error(403, "AccessDenied", "Access Denied");
    }
  }

  private static void checkSession(Session session, Exchange exchange) {
    Operation operation = exchange.operation;
    if (operation.access() == Operation.Access.IAM) {
      throw new S3Error(
          403,
          "AccessDenied",
          operation.apiName() + " must be signed with IAM credentials, not with a session");
    }
    if (!session.bucket().equals(exchange.address.bucket())) {
      throw new S3Error(403, "AccessDenied", "Access Denied");
    }
    if (session.readOnly() && operation.access() != Operation.Access.READ) {
      throw new S3Error(403, "AccessDenied", "Access Denied");
    }
  }

  /** Carries out a request whose body is complete. */
  Reply answer(Exchange exchange) {
    Reply reply = carryOut(exchange);
    return exchange.fault == null ? reply : faultyReply.under(exchange.fault, reply);
  }

  private Reply carryOut(Exchange exchange) {
    S3Error refusal = exchange.refusal;
    if (refusal != null) {
      return Reply.of(refusal, exchange.method, exchange.requestId);
    }
    try {
      S3Response response = response(exchange);
      return Reply.of(response, exchange.method, exchange.requestId);
    } catch (S3Error error) {
      return Reply.of(error, exchange.method, exchange.requestId);
    } catch (RuntimeException bug) {
      S3Error error =
          new S3Error(500, "InternalError", "The test server failed on this request: " + bug);
      return Reply.of(error, exchange.method, exchange.requestId);
    }
  }

  private S3Response response(Exchange exchange) {
    Verified verified = exchange.verified;
    if (verified == null) {
      throw new IllegalStateException("request " + exchange.requestId + " was not verified");
    }
    ByteBuffer received = exchange.received();
    if (received.remaining() != exchange.announcedOr(received.remaining())) {
      throw new S3Error(
          400,
          "IncompleteBody",
          "You did not provide the number of bytes specified by the Content-Length HTTP header.");
    }
    Map<String, String> trailers = new LinkedHashMap<>();
    ByteBuffer payload = verified.payload().decode(received, exchange.headers, trailers);
    return exchange.operation == Operation.CREATE_SESSION
        ? createSession(exchange)
        : store.handle(request(exchange, verified.identity(), payload, trailers));
  }

  private static S3Request request(
      Exchange exchange, Identity identity, ByteBuffer payload, Map<String, String> trailers) {
    return new S3Request(
        exchange.method,
        exchange.address.bucket(),
        exchange.address.key(),
        exchange.query,
        exchange.headers,
        payload.slice().asReadOnlyBuffer(),
        trailers,
        identity,
        exchange.now,
        exchange.requestId,
        exchange.address.controlPlane());
  }

  /** API_CreateSession page; the mode defaults to the most that the caller may have. */
  private S3Response createSession(Exchange exchange) {
    String bucket = String.valueOf(exchange.address.bucket());
    if (!store.bucketExists(bucket)) {
      throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist")
          .with("BucketName", bucket);
    }
    Map<String, String> sse = SessionEncryption.of(exchange.headers);
    Session session = sessions.create(bucket, readOnly(exchange.headers), sse, exchange.now);
    return S3Response.xml(200, sse, Xml.session(session));
  }

  private static boolean readOnly(Map<String, String> headers) {
    String mode = headers.getOrDefault("x-amz-create-session-mode", "ReadWrite");
    return switch (mode) {
      case "ReadOnly" -> true;
      case "ReadWrite" -> false;
      default ->
          throw new S3Error(
                  400, "InvalidArgument", "The session mode must be ReadOnly or ReadWrite.")
              .with("ArgumentName", "x-amz-create-session-mode")
              .with("ArgumentValue", mode);
    };
  }

  /** How the answer goes out: the latency profile, then the fault. */
  Delivery delivery(Exchange exchange) {
    long nanos;
    synchronized (latencyDraws) {
      nanos = latency.firstByteNanos(exchange.operation, latencyDraws);
    }
    return Delivery.of(nanos, latency.bytesPerSecond(), exchange.fault);
  }

  void record(Exchange exchange, int status, Delivery delivery, long connection) {
    Verified verified = exchange.verified;
    log.add(
        () ->
            new RequestRecord(
                exchange.operation.apiName(),
                exchange.method,
                exchange.address.bucket(),
                exchange.address.key(),
                exchange.rawTarget,
                exchange.headers,
                verified != null && verified.identity().session(),
                verified == null ? null : verified.identity().accessKeyId(),
                delivery.withoutAnswer() ? 0 : status,
                exchange.requestId,
                connection,
                Duration.ofNanos(delivery.delayNanos())));
  }
}
