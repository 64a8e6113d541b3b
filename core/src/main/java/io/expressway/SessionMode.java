package io.expressway;

/** What a session may do (S3 API, CreateSession, {@code x-amz-create-session-mode}, 2026-11-22). */
public enum SessionMode {
  /** Read, stat and list only. */
  READ_ONLY("ReadOnly"),
  /** Everything. */
  READ_WRITE("ReadWrite");

  private final String headerValue;

  SessionMode(String headerValue) {
    this.headerValue = headerValue;
  }

  /** The value as the service spells it. */
  public String headerValue() {
    return headerValue;
  }
}
