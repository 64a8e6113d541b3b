package io.expressway.internal.xml;

import io.expressway.AccessKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/** The answer to CreateSession (S3 API, CreateSession, 2026-11-22). */
public final class SessionDocument {
  private final Map<String, String> fields;
  private final Instant expiration;

  /** The document is sound, but something is missing; the message says what and no secret. */
  public static final class Incomplete extends XMLStreamException {
    private static final long serialVersionUID = 1L;

    Incomplete(String problem) {
      super(problem);
    }
  }

  private SessionDocument(Map<String, String> fields) throws Incomplete {
    this.fields = fields;
    required("AccessKeyId");
    required("SecretAccessKey");
    required("SessionToken");
    try {
      this.expiration = Instant.parse(required("Expiration"));
    } catch (DateTimeException e) {
      throw new Incomplete("its Expiration is no time");
    }
  }

  /**
   * Reads an answer.
   *
   * @throws Incomplete when something is missing
   * @throws XMLStreamException when it is no XML; its message may quote the document
   */
  public static SessionDocument parse(byte[] body) throws XMLStreamException {
    Map<String, String> fields = new HashMap<>();
    ServiceXml.walk(
        body, (path, text) -> fields.put(path.substring(path.lastIndexOf('/') + 1), text.strip()));
    return new SessionDocument(fields);
  }

  /** When the session ends, by the service's clock. */
  public Instant expiration() {
    return expiration;
  }

  /** The session's access key, with its end told by another clock. */
  public AccessKey keyUntil(Instant end) {
    return AccessKey.session(
        fields.getOrDefault("AccessKeyId", ""),
        fields.getOrDefault("SecretAccessKey", ""),
        fields.getOrDefault("SessionToken", ""),
        end);
  }

  private String required(String name) throws Incomplete {
    String value = fields.get(name);
    if (value == null || value.isEmpty()) {
      throw new Incomplete("it lacks " + name);
    }
    return value;
  }
}
