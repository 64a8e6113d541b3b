package io.expressway.internal.xml;

import io.expressway.AccessKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/** The answer to CreateSession (S3 API, CreateSession, 2026-11-22). */
public final class SessionDocument {
  private SessionDocument() {}

  /**
   * The session's access key.
   *
   * @throws XMLStreamException when something is missing; the message holds no secret
   */
  public static AccessKey parse(byte[] body) throws XMLStreamException {
    Map<String, String> fields = new HashMap<>();
    ServiceXml.walk(
        body, (path, text) -> fields.put(path.substring(path.lastIndexOf('/') + 1), text.strip()));
    try {
      return AccessKey.session(
          required(fields, "AccessKeyId"),
          required(fields, "SecretAccessKey"),
          required(fields, "SessionToken"),
          Instant.parse(required(fields, "Expiration")));
    } catch (DateTimeException e) {
      throw new XMLStreamException("CreateSession's Expiration is no time", e);
    }
  }

  private static String required(Map<String, String> fields, String name)
      throws XMLStreamException {
    String value = fields.get(name);
    if (value == null || value.isEmpty()) {
      throw new XMLStreamException("CreateSession's answer lacks " + name);
    }
    return value;
  }
}
