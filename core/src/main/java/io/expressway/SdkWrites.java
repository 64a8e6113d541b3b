package io.expressway;

import io.expressway.internal.checksum.RunningCrc;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * What changes single objects, over a caller's SDK client. The client repeats requests by itself:
 * what must not happen twice is reported as unknown when it was, or when its answer was lost. Safe
 * for many threads.
 */
final class SdkWrites {
  private final S3AsyncClient client;
  private final BucketName name;
  private final SdkCalls calls;

  SdkWrites(S3AsyncClient client, BucketName name, SdkCalls calls) {
    this.client = client;
    this.name = name;
    this.calls = calls;
  }

  CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    ByteBuffer bytes = body.slice();
    return send(
        Operation.WRITE,
        key,
        options.isConditional(),
        () ->
            client
                .putObject(
                    toPut(name, key, options, RunningCrc.text(options.checksum(), bytes)).build(),
                    AsyncRequestBody.fromByteBufferUnsafe(bytes))
                .thenApply(answer -> SdkAnswers.stored(key, bytes.capacity(), options, answer)));
  }

  private <T> CompletableFuture<T> send(
      Operation operation, String key, boolean once, Supplier<CompletableFuture<T>> request) {
    RequestSite site = RequestSite.of(operation, name, key, null);
    SdkCalls.Call<T> call = new SdkCalls.Call<>(site, nothing -> {});
    return calls.send(once ? call.once() : call, Optional.empty(), request);
  }

  /** The checksum is computed here: the SDK has no CRC64NVME without a native library. */
  static PutObjectRequest.Builder toPut(
      BucketName name, String key, WriteOptions options, String checksum) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(name.toString())
            .key(key)
            .checksumAlgorithm(algorithm(options))
            .metadata(options.metadata());
    switch (options.checksum()) {
      case CRC32C -> put.checksumCRC32C(checksum);
      case CRC32 -> put.checksumCRC32(checksum);
      case CRC64NVME -> put.checksumCRC64NVME(checksum);
    }
    options.contentType().ifPresent(put::contentType);
    options.version().ifPresent(version -> put.ifMatch(version.tag()));
    return options.requiresAbsent() ? put.ifNoneMatch("*") : put;
  }

  static ChecksumAlgorithm algorithm(WriteOptions options) {
    return switch (options.checksum()) {
      case CRC32C -> ChecksumAlgorithm.CRC32_C;
      case CRC32 -> ChecksumAlgorithm.CRC32;
      case CRC64NVME -> ChecksumAlgorithm.CRC64_NVME;
    };
  }

  /** One append; what its lost answer means is for {@link Append} to find out. */
  CompletableFuture<ObjectInfo> append(
      String key, long offset, ByteBuffer body, WriteOptions options) {
    ByteBuffer bytes = body.slice();
    WriteOptions said = offset == 0 ? options : options.onlyConditions();
    return send(
        Operation.APPEND,
        key,
        true,
        () ->
            client
                .putObject(
                    toPut(name, key, said, RunningCrc.text(said.checksum(), bytes))
                        .writeOffsetBytes(offset)
                        .build(),
                    AsyncRequestBody.fromByteBufferUnsafe(bytes))
                .thenApply(
                    answer -> SdkAnswers.stored(key, offset + bytes.capacity(), said, answer)));
  }

  CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    RenameObjectRequest.Builder rename =
        RenameObjectRequest.builder()
            .bucket(name.toString())
            .key(to)
            .renameSource(SdkHttpUtils.urlEncode(from))
            .clientToken(options.clientToken().orElseGet(() -> UUID.randomUUID().toString()));
    options.version().ifPresent(version -> rename.destinationIfMatch(version.tag()));
    options.sourceVersion().ifPresent(version -> rename.sourceIfMatch(version.tag()));
    if (options.requiresAbsent()) {
      rename.destinationIfNoneMatch("*");
    }
    return send(
        Operation.RENAME,
        to,
        false,
        () -> client.renameObject(rename.build()).thenAccept(done -> {}));
  }

  CompletableFuture<ObjectVersion> copy(CopyRequest copy) {
    WriteOptions options = copy.options();
    CopyObjectRequest.Builder request =
        CopyObjectRequest.builder()
            .sourceBucket(copy.sourceBucket().orElse(name).toString())
            .sourceKey(copy.from())
            .destinationBucket(name.toString())
            .destinationKey(copy.to());
    copy.sourceVersion().ifPresent(version -> request.copySourceIfMatch(version.tag()));
    options.version().ifPresent(version -> request.ifMatch(version.tag()));
    if (options.requiresAbsent()) {
      request.ifNoneMatch("*");
    }
    if (copy.replacesMetadata()) {
      request.metadataDirective(MetadataDirective.REPLACE).metadata(options.metadata());
      options.contentType().ifPresent(request::contentType);
    }
    return send(
        Operation.COPY,
        copy.to(),
        options.isConditional(),
        () -> client.copyObject(request.build()).thenApply(SdkAnswers::copied));
  }

  CompletableFuture<Void> delete(String key, Optional<ObjectVersion> version) {
    return send(
        Operation.DELETE,
        key,
        version.isPresent(),
        () ->
            client
                .deleteObject(
                    delete ->
                        delete
                            .bucket(name.toString())
                            .key(key)
                            .ifMatch(version.map(ObjectVersion::tag).orElse(null)))
                .thenAccept(answer -> {}));
  }

  /** Deletes up to 1,000 keys; gives those that were kept, and why. */
  CompletableFuture<Map<String, ExpressException>> deleteAll(List<String> keys) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsRequest request =
        DeleteObjectsRequest.builder()
            .bucket(name.toString())
            .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
            .delete(delete -> delete.objects(objects).quiet(true))
            .build();
    RequestSite site = RequestSite.of(Operation.DELETE_ALL, name, null, null);
    return calls.send(
        new SdkCalls.Call<>(site, nothing -> {}),
        Optional.empty(),
        () -> client.deleteObjects(request).thenApply(this::kept));
  }

  private Map<String, ExpressException> kept(DeleteObjectsResponse answer) {
    Map<String, ExpressException> kept = new HashMap<>();
    for (S3Error error : answer.errors()) {
      RequestSite site =
          RequestSite.of(Operation.DELETE_ALL, name, error.key(), null)
              .answered(200, error.code(), answer.responseMetadata().requestId());
      kept.put(error.key(), SdkFailures.kept(error.code(), error.message(), site));
    }
    return kept;
  }
}
