package io.expressway.internal.http;

import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.internal.sign.UriEncoding;
import io.expressway.internal.upload.OpenUpload;
import io.expressway.internal.xml.UploadsDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.xml.stream.XMLStreamException;

/** Finds uploads in parts that are still open. Safe for many threads. */
final class WireUploads {
  private final Wire wire;

  WireUploads(Wire wire) {
    this.wire = wire;
  }

  /** All open uploads of keys below {@code prefix}, which is empty or ends in {@code /}. */
  CompletableFuture<List<OpenUpload>> under(String prefix) {
    return page(prefix, "", "", new ArrayList<>());
  }

  private CompletableFuture<List<OpenUpload>> page(
      String prefix, String afterKey, String afterId, List<OpenUpload> before) {
    return wire.send(
            new DocumentRequest(Operation.LIST_UPLOADS, "GET", null, wire.options().readDeadline())
                .query(query(prefix, afterKey, afterId)),
            (head, body) -> parsed(body))
        .thenCompose(
            page -> {
              before.addAll(page.uploads());
              return page.nextKey().isEmpty()
                  ? CompletableFuture.completedFuture(before)
                  : page(prefix, page.nextKey().get(), page.nextId().orElse(""), before);
            });
  }

  /** Sorted by name, as signatures need it. */
  private static String query(String prefix, String afterKey, String afterId) {
    StringBuilder query = new StringBuilder("encoding-type=url");
    append(query, "key-marker", afterKey);
    append(query, "max-uploads", "1000");
    append(query, "prefix", prefix);
    append(query, "upload-id-marker", afterId);
    return query.append("&uploads=").toString();
  }

  private static void append(StringBuilder query, String name, String value) {
    if (!value.isEmpty()) {
      query.append('&').append(name).append('=').append(UriEncoding.component(value));
    }
  }

  private UploadsDocument parsed(byte[] body) throws ExpressException {
    try {
      return UploadsDocument.parse(body);
    } catch (XMLStreamException e) {
      throw wire.corrupt(
          Operation.LIST_UPLOADS, null, "the list is malformed: " + e.getMessage(), e);
    }
  }
}
