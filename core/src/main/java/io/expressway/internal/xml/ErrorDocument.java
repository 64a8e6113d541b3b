package io.expressway.internal.xml;

import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * The service's {@code <Error>} (S3 API, "Error responses", 2026-11-22).
 *
 * @param code the S3 error code; null when the body was no such document
 * @param message what the service says
 * @param requestId the id in the body, which HEAD answers lack
 * @param actualObjectSize the object's size, which a refused range is answered with
 */
public record ErrorDocument(
    @Nullable String code,
    @Nullable String message,
    @Nullable String requestId,
    @Nullable String actualObjectSize) {
  /** Nothing was said. */
  public static final ErrorDocument NONE = new ErrorDocument(null, null, null, null);

  /** Parses a body; what is no error document gives {@link #NONE}. */
  public static ErrorDocument parse(byte[] body) {
    if (body.length == 0) {
      return NONE;
    }
    @Nullable String[] found = new @Nullable String[4];
    try {
      ServiceXml.walk(body, (path, text) -> collect(found, path, text));
    } catch (XMLStreamException e) {
      return NONE;
    }
    return new ErrorDocument(found[0], found[1], found[2], found[3]);
  }

  /**
   * The status that goes with the code, for an error behind a 200 (S3 API, "Error responses",
   * 2026-11-22).
   */
  public int status() {
    return switch (code == null ? "" : code) {
      case "InternalError" -> 500;
      case "SlowDown", "ServiceUnavailable" -> 503;
      case "PreconditionFailed" -> 412;
      case "ConditionalRequestConflict", "OperationAborted" -> 409;
      case "NoSuchKey", "NoSuchBucket", "NoSuchUpload" -> 404;
      case "AccessDenied" -> 403;
      default -> 400;
    };
  }

  /** The object's size in bytes, or -1 when it was not said. */
  public long objectSize() {
    return actualObjectSize != null && actualObjectSize.matches("[0-9]{1,18}")
        ? Long.parseLong(actualObjectSize)
        : -1;
  }

  private static void collect(@Nullable String[] found, String path, String text) {
    switch (path) {
      case "Error/Code" -> found[0] = text;
      case "Error/Message" -> found[1] = text;
      case "Error/RequestId" -> found[2] = text;
      case "Error/ActualObjectSize" -> found[3] = text;
      default -> {}
    }
  }
}
