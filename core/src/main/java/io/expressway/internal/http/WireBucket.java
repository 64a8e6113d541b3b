package io.expressway.internal.http;

import io.expressway.AccessKey;
import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.BucketStats;
import io.expressway.CopyRequest;
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
import io.expressway.RenameOptions;
import io.expressway.RequestSite;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.sign.UriEncoding;
import io.expressway.internal.upload.StaleUploads;
import io.expressway.internal.upload.UploadCalls;
import io.expressway.internal.xml.ListingDocument;
import io.expressway.internal.xml.SessionDocument;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.xml.stream.XMLStreamException;

/**
 * The operations of one bucket over our own wire. Arguments have been checked by the public bucket
 * around it. Safe for many threads: holds nothing but the shared wire.
 */
public final class WireBucket {
  static final String USER_AGENT = "expressway/0.1";
  private final Wire wire;
  private final WireWrites writes;

  private WireBucket(Wire wire) {
    this.wire = wire;
    this.writes = new WireWrites(wire);
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

  /** See {@link Bucket#readInto(ReadRequest, ByteBuffer)}. */
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    ReadExchange exchange = new PlacedRead(wire, request, target);
    exchange.start();
    return exchange.outcome();
  }

  /** See {@link Bucket#readInto(ReadRequest, List)}. */
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    ReadExchange exchange = new ScatteredRead(wire, request, List.copyOf(targets));
    exchange.start();
    return exchange.outcome();
  }

  /** Opens connections, signed in and answered once, and leaves them idle. */
  public CompletableFuture<Void> warmUp(int connections) {
    CompletableFuture<?>[] opened = new CompletableFuture<?>[connections];
    for (int i = 0; i < connections; i++) {
      opened[i] =
          wire.send(
              new DocumentRequest(Operation.WARM_UP, "HEAD", null, wire.options().readDeadline()),
              (head, body) -> Boolean.TRUE);
    }
    return CompletableFuture.allOf(opened);
  }

  /** See {@link Bucket#stat}. */
  public CompletableFuture<ObjectInfo> stat(String key) {
    return stat(key, head(key));
  }

  /** See {@link Bucket#statOnce}. */
  public CompletableFuture<ObjectInfo> statOnce(String key) {
    return stat(key, head(key).once());
  }

  private DocumentRequest head(String key) {
    return new DocumentRequest(Operation.STAT, "HEAD", key, wire.options().readDeadline());
  }

  private CompletableFuture<ObjectInfo> stat(String key, DocumentRequest request) {
    return wire.send(request, (head, body) -> writes.described(key, head));
  }

  /** See {@link Bucket#list}. */
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return wire.send(
        new DocumentRequest(Operation.LIST, "GET", null, wire.options().readDeadline())
            .query(listQuery(request)),
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
      throw wire.corrupt(Operation.LIST, null, "the listing is malformed: " + e.getMessage(), e);
    }
  }

  /** See {@link Bucket#write}. */
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    return writes.write(key, body.slice(), options);
  }

  /** The requests of one upload to {@code key}. */
  public UploadCalls uploadCalls(String key, WriteOptions options) {
    return new WireUpload(wire, writes, key, options);
  }

  /** Aborts uploads of keys below {@code prefix} that were begun before; gives how many. */
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    return new WireUploads(wire)
        .under(prefix)
        .thenCompose(
            open ->
                StaleUploads.abort(
                    open,
                    begunBefore,
                    upload ->
                        uploadCalls(upload.key(), WriteOptions.defaults()).abort(upload.id())));
  }

  /** One append, sent once: a lost answer is {@link io.expressway.OutcomeUnknownException}. */
  public CompletableFuture<ObjectInfo> append(
      String key, long offset, ByteBuffer body, WriteOptions options) {
    return writes.append(key, offset, body, options);
  }

  /** See {@link Bucket#rename}. */
  public CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    return writes.rename(from, to, options);
  }

  /** See {@link Bucket#copy}. */
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    return writes.copy(request);
  }

  /** See {@link Bucket#delete(String)}. */
  public CompletableFuture<Void> delete(String key) {
    return writes.delete(key, null);
  }

  /** See {@link Bucket#delete(String, ObjectVersion)}. */
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return writes.delete(key, version);
  }

  /** Deletes up to 1,000 keys; gives those that were kept, and why. */
  public CompletableFuture<Map<String, ExpressException>> deleteAll(List<String> keys) {
    return writes.deleteAll(keys);
  }

  /** One CreateSession (S3 API, CreateSession, read on 2026-11-22); always IAM-signed. */
  private CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
    return wire.start(
        new DocumentExchange<>(
            wire,
            new DocumentRequest(
                    Operation.CREATE_SESSION, "GET", null, wire.options().sessionDeadline())
                .query("session=")
                // Nobody waits for a refresh, and asking twice would not bring it sooner.
                .firstByteNanos(wire.options().sessionDeadline().toNanos())
                .headers((writer, now) -> sessionHeaders(writer, now, mode)),
            this::session,
            () -> CompletableFuture.completedFuture(identity)));
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

  /** What happened on the wire so far. */
  public BucketStats stats() {
    return wire.traffic().stats(wire.pool().openConnections(), wire.pool().waiting());
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
