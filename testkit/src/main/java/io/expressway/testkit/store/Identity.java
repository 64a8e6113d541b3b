package io.expressway.testkit.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who signed a request, after the signature was verified.
 *
 * @param accessKeyId the access key id that signed the request
 * @param session true when the request was signed with credentials made by CreateSession
 * @param mode {@code ReadOnly} or {@code ReadWrite} for a session, null for long-lived credentials
 * @param sessionSse the server-side-encryption headers pinned by the session, lower-case names;
 *     empty when nothing was pinned
 */
public record Identity(
    String accessKeyId, boolean session, @Nullable String mode, Map<String, String> sessionSse) {

  /** Copies the headers. */
  public Identity {
    sessionSse = Map.copyOf(sessionSse);
  }
}
