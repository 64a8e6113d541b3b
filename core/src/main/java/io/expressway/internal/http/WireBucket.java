package io.expressway.internal.http;

import io.expressway.AccessKey;
import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.CorruptResponseException;
import io.expressway.CredentialsSource;
import io.expressway.Encryption;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.sign.UriEncoding;
import io.expressway.internal.xml.ListingDocument;
import io.expressway.internal.xml.SessionDocument;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one bucket over our own wire. Arguments have been checked by the public bucket
 * around it. Safe for many threads: holds nothing but the shared wire.
 */
public final class WireBucket {
  static final String USER_AGENT = "expressway/0.1";
  private static final DocumentExchange.Headers PLAIN =
      (writer, now) -> writer.unsignedPayload().date(now);

  private final Wire wire;

  private WireBucket(Wire wire) {
    this.wire = wire;
  }

  /** A directory bucket, at its zonal endpoint and signed for {@code s3express}. */
  public static WireBucket zonal(
      BucketName bucket, String region, CredentialsSource source, ExpressOptions options) {
    Endpoint endpoint = Endpoint.zonal(bucket, region, options);
    return open(new Wire(bucket, endpoint, region, "s3express", options), source);
  }

  /** A general-purpose bucket, at its Regional endpoint and signed for {@code s3}. */
  public static WireBucket regional(
      BucketName bucket, String region, CredentialsSource source, ExpressOptions options) {
    Endpoint endpoint = Endpoint.regional(bucket, region, options);
    return open(new Wire(bucket, endpoint, region, "s3", options), source);
  }

  private static WireBucket open(Wire wire, CredentialsSource source) {
    WireBucket bucket = new WireBucket(wire);
    wire.credentials(
        source.forBucket(wire.bucket(), wire.options().mode(), bucket.new WireSessionIssuer()));
    return bucket;
  }

  private final class WireSessionIssuer implements SessionIssuer {
    @Override
    public CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
      return WireBucket.this.createSession(mode, identity);
    }

    @Override
    public Encryption encryption() {
      return wire.options().encryption();
    }
  }

  /** See {@link Bucket#read(ReadRequest)}. */
  public CompletableFuture<Slice> read(ReadRequest request) {
    ReadExchange exchange = new LentRead(wire, request);
    exchange.start();
    return exchange.outcome();
  }

  /** See {@link Bucket#readInto}. */
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    ReadExchange exchange = new PlacedRead(wire, request, target);
    exchange.start();
    return exchange.outcome();
  }

  /** Opens connections, signed in and answered once, and leaves them idle. */
  public CompletableFuture<Void> warmUp(int connections) {
    CompletableFuture<?>[] opened = new CompletableFuture<?>[connections];
    for (int i = 0; i < connections; i++) {
      opened[i] =
          this.<Boolean>send(
              new DocumentExchange.Request(
                  Operation.WARM_UP,
                  "HEAD",
                  null,
                  "",
                  null,
                  true,
                  wire.options().readDeadline(),
                  PLAIN),
              (head, body) -> Boolean.TRUE);
    }
    return CompletableFuture.allOf(opened);
  }

  /** See {@link Bucket#stat}. */
  public CompletableFuture<ObjectInfo> stat(String key) {
    return send(
        new DocumentExchange.Request(
            Operation.STAT, "HEAD", key, "", null, true, wire.options().readDeadline(), PLAIN),
        (head, body) -> described(key, head));
  }

  private ObjectInfo described(String key, ResponseHead head) throws ExpressException {
    try {
      ObjectInfo info = AnswerInfo.of(key, head.contentLength(), head, null);
      if (info != null) {
        return info;
      }
    } catch (ResponseHead.MalformedHead e) {
      throw corrupt(Operation.STAT, key, "the answer is malformed: " + e.getMessage(), e);
    }
    throw corrupt(Operation.STAT, key, "the answer names no ETag", null);
  }

  /** See {@link Bucket#list}. */
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return send(
        new DocumentExchange.Request(
            Operation.LIST,
            "GET",
            null,
            listQuery(request),
            null,
            true,
            wire.options().readDeadline(),
            PLAIN),
        (head, body) -> listing(body));
  }

  /** Sorted by name, as signatures need it. */
  private static String listQuery(ListRequest request) {
    StringBuilder query = new StringBuilder();
    request.token().ifPresent(t -> query.append(parameter("continuation-token", t)).append('&'));
    if (request.isGrouped()) {
      query.append("delimiter=%2F&");
    }
    query.append("encoding-type=url&list-type=2&max-keys=").append(request.pageSize());
    if (!request.prefix().isEmpty()) {
      query.append('&').append(parameter("prefix", request.prefix()));
    }
    return query.toString();
  }

  private static String parameter(String name, String value) {
    return name + "=" + UriEncoding.component(value);
  }

  private ObjectListing listing(byte[] body) throws ExpressException {
    try {
      return ListingDocument.parse(body);
    } catch (XMLStreamException e) {
      throw corrupt(Operation.LIST, null, "the listing is malformed: " + e.getMessage(), e);
    }
  }

  /** See {@link Bucket#write}. */
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    ByteBuffer bytes = body.slice();
    String checksum = BodyChecksum.crc32c(bytes);
    Instant storedAt = wire.now();
    return send(
        new DocumentExchange.Request(
            Operation.WRITE,
            "PUT",
            key,
            "",
            bytes,
            !options.isConditional(),
            wire.options().writeDeadline(),
            (writer, now) -> writeHeaders(writer, now, options, checksum)),
        (head, answer) -> stored(key, bytes.remaining(), head, checksum, storedAt, options));
  }

  private void writeHeaders(RequestWriter writer, long now, WriteOptions options, String checksum) {
    options.contentType().ifPresent(type -> writer.unsigned("content-type", type));
    options.version().ifPresent(version -> writer.header("if-match", version.tag()));
    if (options.requiresAbsent()) {
      writer.header("if-none-match", "*");
    }
    writer.header("x-amz-checksum-crc32c", checksum);
    writer.unsignedPayload().date(now).metadata(options.metadata());
    writer.encryption(wire.options().encryption());
  }

  private ObjectInfo stored(
      String key,
      long size,
      ResponseHead head,
      String checksum,
      Instant storedAt,
      WriteOptions options)
      throws ExpressException {
    String tag = head.header("etag");
    if (tag == null || tag.isEmpty()) {
      throw corrupt(Operation.WRITE, key, "the answer names no ETag", null);
    }
    String confirmed = head.header("x-amz-checksum-crc32c");
    if (confirmed != null && !confirmed.equals(checksum)) {
      throw corrupt(
          Operation.WRITE,
          key,
          "the service stored bytes with CRC32C " + confirmed + ", sent were " + checksum,
          null);
    }
    return new ObjectInfo(
        key, size, new ObjectVersion(tag), storedAt, options.contentType(), options.metadata());
  }

  /** See {@link Bucket#delete}. */
  public CompletableFuture<Void> delete(String key) {
    return this.<Optional<Void>>send(
            new DocumentExchange.Request(
                Operation.DELETE,
                "DELETE",
                key,
                "",
                null,
                true,
                wire.options().writeDeadline(),
                PLAIN),
            (head, body) -> Optional.empty())
        .thenApply(done -> done.orElse(null));
  }

  /** One CreateSession (S3 API, CreateSession, read on 2026-11-22); always IAM-signed. */
  private CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
    DocumentExchange<AccessKey> exchange =
        new DocumentExchange<>(
            wire,
            new DocumentExchange.Request(
                Operation.CREATE_SESSION,
                "GET",
                null,
                "session=",
                null,
                true,
                wire.options().sessionDeadline(),
                (writer, now) -> sessionHeaders(writer, now, mode)),
            this::session,
            identity);
    exchange.start();
    return exchange.outcome();
  }

  private void sessionHeaders(RequestWriter writer, long now, SessionMode mode) {
    writer.unsignedPayload().header("x-amz-create-session-mode", mode.headerValue()).date(now);
    writer.encryption(wire.options().encryption());
  }

  private AccessKey session(ResponseHead head, byte[] body) throws ExpressException {
    SessionDocument issued;
    try {
      issued = SessionDocument.parse(body);
    } catch (XMLStreamException e) {
      // The parser's own words may quote the document, which holds the secret: they are left out.
      throw corruptSession(head, "the answer is no session" + missing(e));
    }
    long serverSecond = head.dateSecond() < 0 ? wire.nowSecond() : head.dateSecond();
    long lifeSeconds = issued.expiration().getEpochSecond() - serverSecond;
    if (lifeSeconds <= 0) {
      throw corruptSession(
          head, "the session ended " + -lifeSeconds + " s before the answer's own Date");
    }
    return issued.keyUntil(Instant.now().plusSeconds(lifeSeconds));
  }

  private static String missing(XMLStreamException e) {
    return e instanceof SessionDocument.Incomplete ? ": " + e.getMessage() : ": it is no such XML";
  }

  private ExpressException corruptSession(ResponseHead head, String problem) {
    return new CorruptResponseException(
        problem,
        RequestSite.of(Operation.CREATE_SESSION, wire.bucket(), null, null)
            .answered(head.status(), null, head.header("x-amz-request-id")),
        null);
  }

  private <T> CompletableFuture<T> send(
      DocumentExchange.Request request, DocumentExchange.Answer<T> answer) {
    DocumentExchange<T> exchange = new DocumentExchange<>(wire, request, answer);
    exchange.start();
    return exchange.outcome();
  }

  private ExpressException corrupt(
      Operation operation, @Nullable String key, String problem, @Nullable Throwable cause) {
    return new CorruptResponseException(
        problem, RequestSite.of(operation, wire.bucket(), key, null), cause);
  }

  /** Body bytes moved in memory after their receipt, so far. */
  public long copiedBytes() {
    return wire.copies().copiedBytes();
  }

  /** Body bytes received where they stay, so far. */
  public long placedBytes() {
    return wire.copies().placedBytes();
  }

  CopyCount copies() {
    return wire.copies();
  }

  /** Connections open or being opened. */
  public int openConnections() {
    return wire.pool().openConnections();
  }

  /** The time a read may take. */
  public Duration readDeadline() {
    return wire.options().readDeadline();
  }

  /** See {@link Bucket#close}. */
  public void close() {
    wire.close();
  }

  @Override
  public String toString() {
    return wire.bucket() + " at " + wire.endpoint();
  }
}
