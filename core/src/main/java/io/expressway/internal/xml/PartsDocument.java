package io.expressway.internal.xml;

import io.expressway.Crc;
import io.expressway.internal.upload.UploadCalls.StoredPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/**
 * One page of the answer to ListParts (S3 API, ListParts, 2026-11-22).
 *
 * @param next the marker of the next page; 0 on the last
 */
public record PartsDocument(List<StoredPart> parts, int next) {
  /**
   * Reads a page.
   *
   * @throws XMLStreamException when it is malformed
   */
  public static PartsDocument parse(byte[] body, Crc crc) throws XMLStreamException {
    List<StoredPart> parts = new ArrayList<>();
    Map<String, String> fields = new HashMap<>();
    try {
      ServiceXml.walk(
          body,
          (path, text) -> {
            if (path.equals("ListPartsResult/Part")) {
              parts.add(part(fields, crc));
              fields.keySet().removeIf(name -> name.startsWith("ListPartsResult/Part/"));
            } else {
              fields.put(path, text);
            }
          });
      boolean more = "true".equals(fields.get("ListPartsResult/IsTruncated"));
      String marker = fields.getOrDefault("ListPartsResult/NextPartNumberMarker", "0");
      if (!fields.containsKey("ListPartsResult")) {
        throw new XMLStreamException("no ListPartsResult");
      }
      return new PartsDocument(parts, more ? Integer.parseInt(marker) : 0);
    } catch (IllegalArgumentException e) {
      throw new XMLStreamException("a part is malformed: " + e.getMessage(), e);
    }
  }

  private static StoredPart part(Map<String, String> fields, Crc crc) {
    String at = "ListPartsResult/Part/";
    return new StoredPart(
        Integer.parseInt(fields.getOrDefault(at + "PartNumber", "")),
        fields.getOrDefault(at + "ETag", ""),
        Long.parseLong(fields.getOrDefault(at + "Size", "")),
        Optional.ofNullable(fields.get(at + crc.elementName())));
  }
}
