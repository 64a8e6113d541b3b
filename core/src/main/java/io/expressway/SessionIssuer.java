package io.expressway;

import java.util.concurrent.CompletableFuture;

/** Makes sessions for one bucket: one call is one CreateSession, with the wire's own retries. */
public interface SessionIssuer {
  /**
   * Creates a session, signed with an IAM identity (S3 API, CreateSession, 2026-11-22). The key's
   * expiration is told by this machine's clock, however far the service's is from it.
   *
   * @param mode what the session may do
   * @param identity the IAM access key that signs the call
   */
  CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity);

  /** What its sessions pin beside the mode: only issuers that agree may share a session. */
  default Encryption encryption() {
    return Encryption.bucketDefault();
  }
}
