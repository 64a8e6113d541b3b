package io.expressway.testkit.store;

/** The object semantics behind the HTTP front. */
public interface S3Operations {
  /**
   * Answers one authenticated request. Called on several event loop threads at once; must not
   * block.
   *
   * @param request the request
   * @return the answer
   * @throws S3Error to refuse the request
   */
  S3Response handle(S3Request request);
}
