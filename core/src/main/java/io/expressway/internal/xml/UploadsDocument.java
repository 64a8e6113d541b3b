package io.expressway.internal.xml;

import io.expressway.internal.upload.OpenUpload;
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

/**
 * One page of the answer to ListMultipartUploads with {@code encoding-type=url} (S3 API,
 * ListMultipartUploads, 2026-11-22).
 *
 * @param nextKey where the next page begins; absent on the last
 * @param nextId the same among uploads of one key; directory buckets have none
 */
public record UploadsDocument(
    List<OpenUpload> uploads, Optional<String> nextKey, Optional<String> nextId) {
  private static final String ROOT = "ListMultipartUploadsResult";

  /**
   * Reads a page.
   *
   * @throws XMLStreamException when it is malformed
   */
  public static UploadsDocument parse(byte[] body) throws XMLStreamException {
    List<OpenUpload> uploads = new ArrayList<>();
    Map<String, String> fields = new HashMap<>();
    try {
      ServiceXml.walk(
          body,
          (path, text) -> {
            if (path.equals(ROOT + "/Upload")) {
              uploads.add(upload(fields));
            } else {
              fields.put(path, text);
            }
          });
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new XMLStreamException("an upload is malformed: " + e.getMessage(), e);
    }
    if (!fields.containsKey(ROOT)) {
      throw new XMLStreamException("no " + ROOT);
    }
    boolean more = "true".equals(fields.get(ROOT + "/IsTruncated"));
    return new UploadsDocument(
        uploads,
        Optional.ofNullable(fields.get(ROOT + "/NextKeyMarker")).filter(key -> more),
        Optional.ofNullable(fields.get(ROOT + "/NextUploadIdMarker")).filter(id -> more));
  }

  private static OpenUpload upload(Map<String, String> fields) {
    String at = ROOT + "/Upload/";
    return new OpenUpload(
        URLDecoder.decode(fields.getOrDefault(at + "Key", ""), StandardCharsets.UTF_8),
        fields.getOrDefault(at + "UploadId", ""),
        Instant.parse(fields.getOrDefault(at + "Initiated", "")));
  }
}
