package io.expressway;

import io.expressway.internal.upload.OpenUpload;
import io.expressway.internal.upload.PartBody;
import io.expressway.internal.upload.UploadCalls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The requests of one upload over a caller's SDK client. Safe for many threads. */
final class SdkUpload implements UploadCalls {
  private final S3AsyncClient client;
  private final BucketName bucket;
  private final SdkCalls calls;
  private final String key;
  private final WriteOptions options;
  private final Crc crc;

  SdkUpload(
      S3AsyncClient client, BucketName bucket, SdkCalls calls, String key, WriteOptions options) {
    this.client = client;
    this.bucket = bucket;
    this.calls = calls;
    this.key = key;
    this.options = options;
    this.crc = options.checksum();
  }

  private <T> CompletableFuture<T> ask(
      Operation operation, boolean once, Supplier<CompletableFuture<T>> request) {
    RequestSite site = RequestSite.of(operation, bucket, key, null);
    SdkCalls.Call<T> call = new SdkCalls.Call<>(site, nothing -> {});
    return calls.send(once ? call.once() : call, Optional.empty(), request);
  }

  private static AsyncRequestBody body(PartBody part) {
    return AsyncRequestBody.fromByteBuffersUnsafe(part.memory().toArray(ByteBuffer[]::new));
  }

  @Override
  public CompletableFuture<ObjectInfo> put(PartBody body) {
    CompletableFuture<ObjectInfo> put =
        ask(
            Operation.WRITE,
            options.isConditional(),
            () ->
                client
                    .putObject(
                        SdkWrites.toPut(bucket, key, options, body.checksum()).build(),
                        body.size() == 0 ? AsyncRequestBody.empty() : body(body))
                    .thenApply(answer -> SdkAnswers.stored(key, body.size(), options, answer)));
    put.whenComplete((info, why) -> body.end().run());
    return put;
  }

  @Override
  public CompletableFuture<String> begin() {
    CreateMultipartUploadRequest.Builder begin =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket.toString())
            .key(key)
            .checksumAlgorithm(SdkWrites.algorithm(options))
            .checksumType(ChecksumType.FULL_OBJECT)
            .metadata(options.metadata());
    options.contentType().ifPresent(begin::contentType);
    return ask(
        Operation.BEGIN_UPLOAD,
        true,
        () -> client.createMultipartUpload(begin.build()).thenApply(made -> made.uploadId()));
  }

  @Override
  public CompletableFuture<String> send(String id, int number, PartBody part) {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(bucket.toString())
            .key(key)
            .uploadId(id)
            .partNumber(number)
            .contentLength(part.size())
            .checksumAlgorithm(SdkWrites.algorithm(options));
    switch (crc) {
      case CRC32C -> request.checksumCRC32C(part.checksum());
      case CRC32 -> request.checksumCRC32(part.checksum());
      case CRC64NVME -> request.checksumCRC64NVME(part.checksum());
    }
    CompletableFuture<String> sent =
        ask(
            Operation.UPLOAD_PART,
            false,
            () -> client.uploadPart(request.build(), body(part)).thenApply(done -> done.eTag()));
    sent.whenComplete((tag, why) -> part.end().run());
    return sent;
  }

  @Override
  public CompletableFuture<ObjectVersion> complete(
      String id, List<StoredPart> parts, String checksum) {
    CompleteMultipartUploadRequest.Builder request =
        CompleteMultipartUploadRequest.builder()
            .bucket(bucket.toString())
            .key(key)
            .uploadId(id)
            .checksumType(ChecksumType.FULL_OBJECT)
            .multipartUpload(all -> all.parts(parts.stream().map(this::completed).toList()));
    switch (crc) {
      case CRC32C -> request.checksumCRC32C(checksum);
      case CRC32 -> request.checksumCRC32(checksum);
      case CRC64NVME -> request.checksumCRC64NVME(checksum);
    }
    options.version().ifPresent(version -> request.ifMatch(version.tag()));
    if (options.requiresAbsent()) {
      request.ifNoneMatch("*");
    }
    return ask(
        Operation.COMPLETE_UPLOAD,
        true,
        () ->
            client
                .completeMultipartUpload(request.build())
                .thenApply(answer -> SdkAnswers.version(answer.eTag())));
  }

  private CompletedPart completed(StoredPart part) {
    CompletedPart.Builder completed =
        CompletedPart.builder().partNumber(part.number()).eTag(part.tag());
    part.checksum()
        .ifPresent(
            value -> {
              switch (crc) {
                case CRC32C -> completed.checksumCRC32C(value);
                case CRC32 -> completed.checksumCRC32(value);
                case CRC64NVME -> completed.checksumCRC64NVME(value);
              }
            });
    return completed.build();
  }

  @Override
  public CompletableFuture<Void> abort(String id) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    ask(
            Operation.ABORT_UPLOAD,
            false,
            () ->
                client.abortMultipartUpload(
                    abort -> abort.bucket(bucket.toString()).key(key).uploadId(id)))
        .whenComplete((done, why) -> settle(outcome, why));
    return outcome;
  }

  private static void settle(CompletableFuture<Void> outcome, @Nullable Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    if (cause == null || cause instanceof ObjectNotFoundException) {
      outcome.complete(null);
    } else {
      outcome.completeExceptionally(cause);
    }
  }

  @Override
  public CompletableFuture<List<StoredPart>> parts(String id) {
    return parts(id, 0, new ArrayList<>());
  }

  private CompletableFuture<List<StoredPart>> parts(String id, int after, List<StoredPart> before) {
    return ask(
            Operation.LIST_PARTS,
            false,
            () ->
                client.listParts(
                    list ->
                        list.bucket(bucket.toString())
                            .key(key)
                            .uploadId(id)
                            .partNumberMarker(after)))
        .thenCompose(page -> further(id, page, before));
  }

  private CompletableFuture<List<StoredPart>> further(
      String id, ListPartsResponse page, List<StoredPart> before) {
    page.parts().forEach(part -> before.add(stored(part)));
    return Boolean.TRUE.equals(page.isTruncated())
        ? parts(id, page.nextPartNumberMarker(), before)
        : CompletableFuture.completedFuture(before);
  }

  private StoredPart stored(Part part) {
    String checksum =
        switch (crc) {
          case CRC32C -> part.checksumCRC32C();
          case CRC32 -> part.checksumCRC32();
          case CRC64NVME -> part.checksumCRC64NVME();
        };
    return new StoredPart(
        part.partNumber(), part.eTag(), part.size(), Optional.ofNullable(checksum));
  }

  @Override
  public CompletableFuture<List<OpenUpload>> open() {
    return open(client, bucket, calls, key.substring(0, key.lastIndexOf('/') + 1))
        .thenApply(open -> open.stream().filter(upload -> upload.key().equals(key)).toList());
  }

  /** All open uploads of keys below {@code prefix}, which is empty or ends in {@code /}. */
  static CompletableFuture<List<OpenUpload>> open(
      S3AsyncClient client, BucketName bucket, SdkCalls calls, String prefix) {
    ListMultipartUploadsRequest.Builder list =
        ListMultipartUploadsRequest.builder()
            .bucket(bucket.toString())
            .encodingType(EncodingType.URL);
    return page(client, calls, site(bucket), prefix.isEmpty() ? list : list.prefix(prefix));
  }

  private static RequestSite site(BucketName bucket) {
    return RequestSite.of(Operation.LIST_UPLOADS, bucket, null, null);
  }

  private static CompletableFuture<List<OpenUpload>> page(
      S3AsyncClient client,
      SdkCalls calls,
      RequestSite site,
      ListMultipartUploadsRequest.Builder list) {
    return calls
        .send(
            new SdkCalls.Call<ListMultipartUploadsResponse>(site, nothing -> {}),
            Optional.empty(),
            () -> client.listMultipartUploads(list.build()))
        .thenCompose(
            page -> {
              List<OpenUpload> found = new ArrayList<>();
              page.uploads()
                  .forEach(
                      upload ->
                          found.add(
                              new OpenUpload(upload.key(), upload.uploadId(), upload.initiated())));
              if (!Boolean.TRUE.equals(page.isTruncated())) {
                return CompletableFuture.completedFuture(found);
              }
              list.keyMarker(page.nextKeyMarker()).uploadIdMarker(page.nextUploadIdMarker());
              return page(client, calls, site, list)
                  .thenApply(
                      further -> {
                        found.addAll(further);
                        return found;
                      });
            });
  }

  @Override
  public CompletableFuture<Found> find() {
    return ask(
        Operation.STAT,
        false,
        () ->
            client
                .headObject(
                    head ->
                        head.bucket(bucket.toString()).key(key).checksumMode(ChecksumMode.ENABLED))
                .thenApply(this::found));
  }

  private Found found(HeadObjectResponse answer) {
    String checksum =
        switch (crc) {
          case CRC32C -> answer.checksumCRC32C();
          case CRC32 -> answer.checksumCRC32();
          case CRC64NVME -> answer.checksumCRC64NVME();
        };
    return new Found(SdkAnswers.info(key, answer), Optional.ofNullable(checksum));
  }

  @Override
  public boolean sendsFiles() {
    return false;
  }
}
