package io.expressway.internal.upload;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The requests that one upload makes, over whatever wire; its key and options are known. Safe for
 * many threads. A future that is cancelled gives its request up.
 */
public interface UploadCalls {
  /**
   * A part that the service has.
   *
   * @param number from 1
   * @param tag its ETag
   * @param checksum as a header carries it; absent when the service does not tell
   */
  record StoredPart(int number, String tag, long size, Optional<String> checksum) {}

  /**
   * What lies at the key.
   *
   * @param checksum of the whole object; absent when it has none of the kind
   */
  record Found(ObjectInfo info, Optional<String> checksum) {}

  /** PutObject: the whole object in one request. */
  CompletableFuture<ObjectInfo> put(PartBody body);

  /**
   * CreateMultipartUpload, sent once; gives the upload's id. A lost answer is {@link
   * io.expressway.OutcomeUnknownException}.
   */
  CompletableFuture<String> begin();

  /** UploadPart; gives the part's ETag. Doing it twice is doing it once. */
  CompletableFuture<String> send(String id, int number, PartBody body);

  /**
   * CompleteMultipartUpload, sent once: a lost answer is {@link
   * io.expressway.OutcomeUnknownException}.
   *
   * @param checksum of the whole object, which the service compares
   */
  CompletableFuture<ObjectVersion> complete(String id, List<StoredPart> parts, String checksum);

  /** AbortMultipartUpload; aborting what is gone succeeds. */
  CompletableFuture<Void> abort(String id);

  /** ListParts, all pages. Fails with ObjectNotFoundException when the upload is gone. */
  CompletableFuture<List<StoredPart>> parts(String id);

  /** ListMultipartUploads: those of the key that are open. */
  CompletableFuture<List<OpenUpload>> open();

  /** HeadObject with its checksum. */
  CompletableFuture<Found> find();

  /** Whether {@link PartBody#file} bodies are sent, too. */
  boolean sendsFiles();
}
