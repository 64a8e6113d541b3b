package io.expressway.testkit.store;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal, rendered by the HTTP front as the XML {@code <Error>} body (or as bare headers for
 * HEAD). It carries no stack trace: it is an answer, not a failure of the server.
 */
public final class S3Error extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, String> elements;
  private final transient Map<String, String> headers;

  /**
   * An error without extra elements or headers.
   *
   * @param status the HTTP status
   * @param code the S3 error code
   * @param message the message of the S3 error
   */
  public S3Error(int status, String code, String message) {
    this(status, code, message, Map.of(), Map.of());
  }

  /**
   * An error with extra XML elements and response headers.
   *
   * @param status the HTTP status
   * @param code the S3 error code
   * @param message the message of the S3 error
   * @param elements extra children of {@code <Error>}, in order
   * @param headers extra response headers, lower-case names
   */
  public S3Error(
      int status,
      String code,
      String message,
      Map<String, String> elements,
      Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.elements = new LinkedHashMap<>(elements);
    this.headers = new LinkedHashMap<>(headers);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The S3 error code, such as {@code NoSuchKey}. */
  public String code() {
    return code;
  }

  /** The message of the S3 error. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** Extra children of the {@code <Error>} element, in order. */
  public Map<String, String> elements() {
    return elements;
  }

  /** Extra response headers, lower-case names. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The same error with one more child of {@code <Error>}. */
  public S3Error with(String element, String value) {
    Map<String, String> more = new LinkedHashMap<>(elements);
    more.put(element, value);
    return new S3Error(status, code, message(), more, headers);
  }

  /** The same error with one more response header. */
  public S3Error withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new S3Error(status, code, message(), elements, more);
  }
}
