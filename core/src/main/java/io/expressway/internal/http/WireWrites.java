package io.expressway.internal.http;

import io.expressway.CopyRequest;
import io.expressway.Crc;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.RenameOptions;
import io.expressway.RequestSite;
import io.expressway.WriteOptions;
import io.expressway.internal.checksum.RunningCrc;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.sign.UriEncoding;
import io.expressway.internal.upload.PartBody;
import io.expressway.internal.xml.DeletionDocument;
import io.expressway.internal.xml.ErrorDocument;
import io.expressway.internal.xml.ServiceXml;
import io.expressway.internal.xml.XmlText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * What changes single objects: one request each. What must not happen twice is marked, and not
 * repeated. Safe for many threads.
 */
final class WireWrites {
  private final Wire wire;
  private final Duration deadline;

  WireWrites(Wire wire) {
    this.wire = wire;
    this.deadline = wire.options().writeDeadline();
  }

  private DocumentRequest request(Operation operation, String method, @Nullable String key) {
    return new DocumentRequest(operation, method, key, deadline);
  }

  CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    String checksum = RunningCrc.text(options.checksum(), body);
    DocumentRequest request = request(Operation.WRITE, "PUT", key).body(body);
    return write(key, request, body.remaining(), checksum, options);
  }

  CompletableFuture<ObjectInfo> write(String key, PartBody body, WriteOptions options) {
    DocumentRequest request = request(Operation.WRITE, "PUT", key).body(body);
    return write(key, request, body.size(), body.checksum(), options);
  }

  private CompletableFuture<ObjectInfo> write(
      String key, DocumentRequest request, long size, String checksum, WriteOptions options) {
    Instant storedAt = wire.now();
    return wire.send(
        request
            .idempotent(!options.isConditional())
            .headers((writer, now) -> writeHeaders(writer, now, options, checksum)),
        (head, answer) -> {
          String tag = stored(Operation.WRITE, key, head, options.checksum(), checksum);
          return info(key, size, tag, storedAt, options);
        });
  }

  private static ObjectInfo info(
      String key, long size, String tag, Instant storedAt, WriteOptions options) {
    return new ObjectInfo(
        key, size, new ObjectVersion(tag), storedAt, options.contentType(), options.metadata());
  }

  private void writeHeaders(RequestWriter writer, long now, WriteOptions options, String checksum) {
    options.contentType().ifPresent(type -> writer.unsigned("content-type", type));
    conditions(writer, options);
    writer.header(options.checksum().headerName(), checksum);
    writer.unsignedPayload().date(now).metadata(options.metadata());
    writer.encryption(wire.options().encryption());
  }

  static void conditions(RequestWriter writer, WriteOptions options) {
    options.version().ifPresent(version -> writer.header("if-match", version.tag()));
    if (options.requiresAbsent()) {
      writer.header("if-none-match", "*");
    }
  }

  /** What a head says of the object at {@code key}. */
  ObjectInfo described(String key, ResponseHead head) throws ExpressException {
    try {
      ObjectInfo info = AnswerInfo.of(key, head.contentLength(), head, null);
      if (info != null) {
        return info;
      }
    } catch (ResponseHead.MalformedHead e) {
      throw wire.corrupt(Operation.STAT, key, "the answer is malformed: " + e.getMessage(), e);
    }
    throw wire.corrupt(Operation.STAT, key, "the answer names no ETag", null);
  }

  /** The ETag of what was stored, its checksum compared. */
  String stored(Operation operation, String key, ResponseHead head, Crc algorithm, String checksum)
      throws ExpressException {
    String tag = head.header("etag");
    if (tag == null || tag.isEmpty()) {
      throw wire.corrupt(operation, key, "the answer names no ETag", null);
    }
    String confirmed = head.header(algorithm.headerName(), checksum);
    if (confirmed != null && !confirmed.equals(checksum) && operation != Operation.APPEND) {
      throw wire.corrupt(
          operation,
          key,
          "the service stored bytes with "
              + algorithm
              + " "
              + confirmed
              + ", sent were "
              + checksum,
          null);
    }
    return tag;
  }

  /** The answer's checksum is that of the whole object, which this client has not seen. */
  CompletableFuture<ObjectInfo> append(
      String key, long offset, ByteBuffer body, WriteOptions options) {
    ByteBuffer bytes = body.slice();
    Crc crc = options.checksum();
    String checksum = RunningCrc.text(crc, bytes);
    Instant storedAt = wire.now();
    return wire.send(
        request(Operation.APPEND, "PUT", key)
            .body(bytes)
            .idempotent(false)
            .headers((writer, now) -> writeHeaders(writer, now, options, checksum))
            .lastHeaders(
                (writer, now) -> writer.header("x-amz-write-offset-bytes", Long.toString(offset))),
        (head, answer) ->
            info(
                key,
                offset + bytes.remaining(),
                stored(Operation.APPEND, key, head, crc, checksum),
                storedAt,
                options));
  }

  CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    String token = options.clientToken().orElseGet(() -> UUID.randomUUID().toString());
    return none(
        request(Operation.RENAME, "PUT", to)
            .query("renameObject=")
            .body(ByteBuffer.allocate(0))
            .headers(
                (writer, now) -> {
                  options.version().ifPresent(version -> writer.header("if-match", version.tag()));
                  if (options.requiresAbsent()) {
                    writer.header("if-none-match", "*");
                  }
                  writer.header("x-amz-client-token", token).unsignedPayload().date(now);
                  writer.header("x-amz-rename-source", UriEncoding.component(from));
                  options
                      .sourceVersion()
                      .ifPresent(
                          version -> writer.header("x-amz-rename-source-if-match", version.tag()));
                }));
  }

  /** One CopyObject, which takes no session; a failure may come behind a 200. */
  CompletableFuture<ObjectVersion> copy(CopyRequest copy) {
    WriteOptions options = copy.options();
    String bucket = copy.sourceBucket().orElse(wire.bucket()).toString();
    String source = bucket + "/" + UriEncoding.component(copy.from());
    return wire.sendAsIdentity(
        request(Operation.COPY, "PUT", copy.to())
            .body(ByteBuffer.allocate(0))
            .idempotent(!options.isConditional())
            .mayFailLate()
            .headers((writer, now) -> copyHeaders(writer, now, copy, source)),
        (head, body) -> copied(copy.to(), body));
  }

  private void copyHeaders(RequestWriter writer, long now, CopyRequest copy, String source) {
    WriteOptions options = copy.options();
    options.contentType().ifPresent(type -> writer.unsigned("content-type", type));
    conditions(writer, options);
    writer.unsignedPayload().header("x-amz-copy-source", source);
    copy.sourceVersion()
        .ifPresent(version -> writer.header("x-amz-copy-source-if-match", version.tag()));
    writer.date(now).metadata(options.metadata());
    if (copy.replacesMetadata()) {
      writer.header("x-amz-metadata-directive", "REPLACE");
    }
    writer.encryption(wire.options().encryption());
  }

  private ObjectVersion copied(String key, byte[] body) throws ExpressException {
    Map<String, String> fields = new HashMap<>();
    try {
      ServiceXml.walk(body, fields::put);
    } catch (XMLStreamException e) {
      throw wire.corrupt(Operation.COPY, key, "the answer is malformed: " + e.getMessage(), e);
    }
    String tag = fields.get("CopyObjectResult/ETag");
    if (tag == null || tag.isEmpty()) {
      throw wire.corrupt(Operation.COPY, key, "the answer names no ETag", null);
    }
    return new ObjectVersion(tag);
  }

  CompletableFuture<Void> delete(String key, @Nullable ObjectVersion version) {
    return none(
        request(Operation.DELETE, "DELETE", key)
            .idempotent(version == null)
            .headers(
                (writer, now) -> {
                  if (version != null) {
                    writer.header("if-match", version.tag());
                  }
                  writer.unsignedPayload().date(now);
                }));
  }

  private CompletableFuture<Void> none(DocumentRequest request) {
    return wire.<Optional<Void>>send(request, (head, body) -> Optional.empty())
        .thenApply(done -> done.orElse(null));
  }

  CompletableFuture<Map<String, ExpressException>> deleteAll(List<String> keys) {
    XmlText document = new XmlText("Delete");
    keys.forEach(key -> document.open("Object").element("Key", key).close("Object"));
    ByteBuffer body = document.element("Quiet", "true").bytes();
    String checksum = RunningCrc.text(Crc.CRC32C, body);
    return wire.send(
        request(Operation.DELETE_ALL, "POST", null)
            .query("delete=")
            .body(body)
            .headers(
                (writer, now) ->
                    writer.header(Crc.CRC32C.headerName(), checksum).unsignedPayload().date(now)),
        this::kept);
  }

  private Map<String, ExpressException> kept(ResponseHead head, byte[] body)
      throws ExpressException {
    try {
      Map<String, ExpressException> kept = new HashMap<>();
      String id = head.header("x-amz-request-id");
      DeletionDocument.parse(body).forEach((key, said) -> kept.put(key, why(key, said, id)));
      return kept;
    } catch (XMLStreamException e) {
      throw wire.corrupt(
          Operation.DELETE_ALL, null, "the answer is malformed: " + e.getMessage(), e);
    }
  }

  private ExpressException why(String key, ErrorDocument said, @Nullable String id) {
    RequestSite site =
        RequestSite.of(Operation.DELETE_ALL, wire.bucket(), key, null)
            .answered(said.status(), said.code(), id);
    String message = said.message() == null ? "the object was not deleted" : said.message();
    return switch (said.status()) {
      case 403 -> new io.expressway.AccessDeniedException(message, site, null);
      case 412 -> new io.expressway.PreconditionFailedException(message, site, null);
      case 500, 503 -> new io.expressway.ZoneUnavailableException(message, site, null);
      default -> new InvalidRequestException(message, site, null);
    };
  }
}
