package io.expressway.internal.http;

import io.expressway.AccessDeniedException;
import io.expressway.Crc;
import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.SessionMode;
import io.expressway.WriteOptions;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.sign.UriEncoding;
import io.expressway.internal.upload.OpenUpload;
import io.expressway.internal.upload.PartBody;
import io.expressway.internal.upload.UploadCalls;
import io.expressway.internal.xml.PartsDocument;
import io.expressway.internal.xml.ServiceXml;
import io.expressway.internal.xml.XmlText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one upload over our own wire (S3 API, CreateMultipartUpload to ListParts, read on
 * 2026-11-22). Safe for many threads.
 */
final class WireUpload implements UploadCalls {
  /** What a request's deadline allows for. */
  private static final long DEADLINE_BYTES = 8L << 20;

  private final Wire wire;
  private final WireWrites writes;
  private final String key;
  private final WriteOptions options;
  private final Crc crc;

  WireUpload(Wire wire, WireWrites writes, String key, WriteOptions options) {
    this.wire = wire;
    this.writes = writes;
    this.key = key;
    this.options = options;
    this.crc = options.checksum();
  }

  private DocumentRequest request(Operation operation, String method) {
    return new DocumentRequest(operation, method, key, wire.options().writeDeadline());
  }

  private static String uploadId(String id) {
    return "uploadId=" + UriEncoding.component(id);
  }

  @Override
  public CompletableFuture<ObjectInfo> put(PartBody body) {
    if (isReadOnly()) {
      body.end().run();
      return CompletableFuture.failedFuture(readOnly(Operation.WRITE));
    }
    return writes.write(key, body, options);
  }

  @Override
  public CompletableFuture<String> begin() {
    if (isReadOnly()) {
      return CompletableFuture.failedFuture(readOnly(Operation.BEGIN_UPLOAD));
    }
    return wire.send(
        request(Operation.BEGIN_UPLOAD, "POST")
            .query("uploads=")
            .idempotent(false)
            .body(ByteBuffer.allocate(0))
            .headers(this::beginHeaders),
        (head, body) ->
            field(Operation.BEGIN_UPLOAD, body, "InitiateMultipartUploadResult/UploadId"));
  }

  private boolean isReadOnly() {
    return wire.options().mode() == SessionMode.READ_ONLY;
  }

  private ExpressException readOnly(Operation operation) {
    return new AccessDeniedException(
        "the bucket was opened ReadOnly: open it with ExpressOptions.mode(READ_WRITE)",
        RequestSite.of(operation, wire.bucket(), key, null),
        null);
  }

  private void beginHeaders(RequestWriter writer, long now) {
    options.contentType().ifPresent(type -> writer.unsigned("content-type", type));
    writer.header("x-amz-checksum-algorithm", crc.name());
    writer.header("x-amz-checksum-type", "FULL_OBJECT");
    writer.unsignedPayload().date(now).metadata(options.metadata());
    writer.encryption(wire.options().encryption());
  }

  private String field(Operation operation, byte[] body, String path) throws ExpressException {
    String value = fields(operation, body).get(path);
    if (value == null || value.isEmpty()) {
      throw wire.corrupt(operation, key, "the answer names no " + path, null);
    }
    return value;
  }

  private Map<String, String> fields(Operation operation, byte[] body) throws ExpressException {
    Map<String, String> fields = new HashMap<>();
    try {
      ServiceXml.walk(body, fields::put);
    } catch (XMLStreamException e) {
      throw wire.corrupt(operation, key, "the answer is malformed: " + e.getMessage(), e);
    }
    return fields;
  }

  @Override
  public CompletableFuture<String> send(String id, int number, PartBody part) {
    long shares = Math.max(1, (part.size() + DEADLINE_BYTES - 1) / DEADLINE_BYTES);
    Duration deadline = wire.options().writeDeadline().multipliedBy(shares);
    return wire.send(
        new DocumentRequest(Operation.UPLOAD_PART, "PUT", key, deadline)
            .query("partNumber=" + number + "&" + uploadId(id))
            .body(part)
            .patience(wire.partPatience())
            .headers(
                (writer, now) ->
                    writer.header(crc.headerName(), part.checksum()).unsignedPayload().date(now)),
        (head, body) -> writes.stored(Operation.UPLOAD_PART, key, head, crc, part.checksum()));
  }

  @Override
  public CompletableFuture<ObjectVersion> complete(
      String id, List<StoredPart> parts, String checksum) {
    return wire.send(
        request(Operation.COMPLETE_UPLOAD, "POST")
            .query(uploadId(id))
            .body(list(parts))
            .idempotent(false)
            .mayFailLate()
            .headers(
                (writer, now) -> {
                  WireWrites.conditions(writer, options);
                  writer.header(crc.headerName(), checksum);
                  writer.header("x-amz-checksum-type", "FULL_OBJECT").unsignedPayload().date(now);
                }),
        (head, body) -> completed(body, checksum));
  }

  private ByteBuffer list(List<StoredPart> parts) {
    XmlText document = new XmlText("CompleteMultipartUpload");
    for (StoredPart part : parts) {
      document
          .open("Part")
          .element("PartNumber", Integer.toString(part.number()))
          .element("ETag", part.tag());
      part.checksum().ifPresent(value -> document.element(crc.elementName(), value));
      document.close("Part");
    }
    return document.bytes();
  }

  private ObjectVersion completed(byte[] body, String checksum) throws ExpressException {
    Map<String, String> fields = fields(Operation.COMPLETE_UPLOAD, body);
    String confirmed = fields.get("CompleteMultipartUploadResult/" + crc.elementName());
    if (confirmed != null && !confirmed.contains("-") && !confirmed.equals(checksum)) {
      throw wire.corrupt(
          Operation.COMPLETE_UPLOAD,
          key,
          "the service put together bytes with "
              + crc
              + " "
              + confirmed
              + ", sent were "
              + checksum,
          null);
    }
    String tag = fields.get("CompleteMultipartUploadResult/ETag");
    if (tag == null || tag.isEmpty()) {
      throw wire.corrupt(Operation.COMPLETE_UPLOAD, key, "the answer names no ETag", null);
    }
    return new ObjectVersion(tag);
  }

  @Override
  public CompletableFuture<Void> abort(String id) {
    CompletableFuture<Boolean> aborted =
        wire.send(
            request(Operation.ABORT_UPLOAD, "DELETE").query(uploadId(id)),
            (head, body) -> Boolean.TRUE);
    CompletableFuture<Void> outcome = aborted.newIncompleteFuture();
    aborted.whenComplete((done, why) -> settle(outcome, why));
    return outcome;
  }

  private static void settle(CompletableFuture<Void> outcome, @Nullable Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    if (cause == null || cause instanceof ObjectNotFoundException) {
      outcome.complete(null);
    } else {
      outcome.completeExceptionally(cause);
    }
  }

  @Override
  public CompletableFuture<List<StoredPart>> parts(String id) {
    return parts(id, 0, new ArrayList<>());
  }

  private CompletableFuture<List<StoredPart>> parts(String id, int after, List<StoredPart> before) {
    String query = "max-parts=1000&part-number-marker=" + after + "&" + uploadId(id);
    return wire.send(
            new DocumentRequest(Operation.LIST_PARTS, "GET", key, wire.options().readDeadline())
                .query(query),
            (head, body) -> page(body))
        .thenCompose(
            page -> {
              before.addAll(page.parts());
              return page.next() == 0
                  ? CompletableFuture.completedFuture(before)
                  : parts(id, page.next(), before);
            });
  }

  private PartsDocument page(byte[] body) throws ExpressException {
    try {
      return PartsDocument.parse(body, crc);
    } catch (XMLStreamException e) {
      throw wire.corrupt(Operation.LIST_PARTS, key, "the list is malformed: " + e.getMessage(), e);
    }
  }

  @Override
  public CompletableFuture<List<OpenUpload>> open() {
    return new WireUploads(wire)
        .under(key.substring(0, key.lastIndexOf('/') + 1))
        .thenApply(open -> open.stream().filter(upload -> upload.key().equals(key)).toList());
  }

  @Override
  public CompletableFuture<Found> find() {
    return wire.send(
        new DocumentRequest(Operation.STAT, "HEAD", key, wire.options().readDeadline())
            .headers(
                (writer, now) ->
                    writer.header("x-amz-checksum-mode", "ENABLED").unsignedPayload().date(now)),
        (head, body) ->
            new Found(
                writes.described(key, head), Optional.ofNullable(head.header(crc.headerName()))));
  }

  @Override
  public boolean sendsFiles() {
    return !wire.endpoint().tls();
  }
}
