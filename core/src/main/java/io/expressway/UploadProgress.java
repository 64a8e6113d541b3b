package io.expressway;

/** Told how far an upload is. Called on event loops, one call at a time; must not block. */
@FunctionalInterface
public interface UploadProgress {
  /** Tells nobody. */
  UploadProgress NONE = (stored, given) -> {};

  /**
   * Another part is stored.
   *
   * @param storedBytes bytes of the parts that the service has confirmed
   * @param givenBytes bytes given to the upload
   */
  void onProgress(long storedBytes, long givenBytes);
}
