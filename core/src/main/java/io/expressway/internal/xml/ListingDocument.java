package io.expressway.internal.xml;

import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to ListObjectsV2 with {@code encoding-type=url} (S3 API, ListObjectsV2, 2026-11-22).
 * Keys come encoded, because XML cannot hold every byte a key may have.
 */
public final class ListingDocument {
  private final List<ObjectInfo> objects = new ArrayList<>();
  private final List<String> prefixes = new ArrayList<>();
  private final Map<String, String> entry = new HashMap<>();
  private @Nullable String nextToken;
  private boolean encoded;

  private ListingDocument() {}

  /**
   * The page.
   *
   * @throws XMLStreamException when the document is malformed or an entry incomplete
   */
  public static ObjectListing parse(byte[] body) throws XMLStreamException {
    ListingDocument document = new ListingDocument();
    document.encoded = new String(body, StandardCharsets.UTF_8).contains("<EncodingType>url<");
    try {
      ServiceXml.walk(body, document::visit);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new XMLStreamException("an entry of the listing is malformed: " + e.getMessage(), e);
    }
    return new ObjectListing(
        document.objects, document.prefixes, Optional.ofNullable(document.nextToken));
  }

  private void visit(String path, String text) {
    switch (path) {
      case "ListBucketResult/Contents" -> addObject();
      case "ListBucketResult/CommonPrefixes/Prefix" -> prefixes.add(decoded(text));
      case "ListBucketResult/NextContinuationToken" -> nextToken = text.isEmpty() ? null : text;
      default -> {
        if (path.startsWith("ListBucketResult/Contents/")) {
          entry.put(path.substring(path.lastIndexOf('/') + 1), text);
        }
      }
    }
  }

  private void addObject() {
    objects.add(
        new ObjectInfo(
            decoded(required("Key")),
            Long.parseLong(required("Size")),
            new ObjectVersion(required("ETag")),
            Instant.parse(required("LastModified"))));
    entry.clear();
  }

  private String required(String name) {
    String value = entry.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  private String decoded(String text) {
    return encoded ? URLDecoder.decode(text, StandardCharsets.UTF_8) : text;
  }
}
