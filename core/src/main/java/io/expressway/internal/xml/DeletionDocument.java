package io.expressway.internal.xml;

import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/** The quiet answer to DeleteObjects: the keys that stayed (S3 API, DeleteObjects, 2026-11-22). */
public final class DeletionDocument {
  private DeletionDocument() {}

  /**
   * Why keys were not deleted.
   *
   * @throws XMLStreamException when the document is malformed or no answer to DeleteObjects
   */
  public static Map<String, ErrorDocument> parse(byte[] body) throws XMLStreamException {
    Map<String, ErrorDocument> kept = new HashMap<>();
    Map<String, String> entry = new HashMap<>();
    boolean[] whole = new boolean[1];
    ServiceXml.walk(
        body,
        (path, text) -> {
          if (path.equals("DeleteResult/Error")) {
            kept.put(
                entry.getOrDefault("Key", ""),
                new ErrorDocument(entry.get("Code"), entry.get("Message"), null, null));
            entry.clear();
          } else if (path.startsWith("DeleteResult/Error/")) {
            entry.put(path.substring(path.lastIndexOf('/') + 1), text);
          }
          whole[0] |= path.equals("DeleteResult");
        });
    if (!whole[0]) {
      throw new XMLStreamException("no DeleteResult");
    }
    return kept;
  }
}
