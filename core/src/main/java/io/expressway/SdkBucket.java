package io.expressway;

import io.expressway.internal.upload.OpenUpload;
import io.expressway.internal.upload.PartMemory;
import io.expressway.internal.upload.PartedUpload;
import io.expressway.internal.upload.StaleUploads;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * A bucket of either kind over a caller's AWS SDK client, CRT or Netty, for set-ups that have one
 * configured already. Credentials, sessions, retries and time limits are the client's.
 *
 * <p>Bodies are copied once, from the SDK's buffers to where they stay. Thread: safe for many;
 * futures complete on the client's completion threads.
 */
public final class SdkBucket implements Bucket {
  // As the buckets over our own wire have it.
  private static final long UPLOAD_MEMORY = ExpressOptions.defaults().uploadMemory();

  private final S3AsyncClient client;
  private final BucketName name;
  private final SdkCalls calls;
  private final SdkWrites writes;
  private final PartMemory memory;

  private SdkBucket(S3AsyncClient client, BucketName name) {
    this.client = client;
    this.name = name;
    this.calls = new SdkCalls(name);
    this.writes = new SdkWrites(client, name, calls);
    this.memory = new PartMemory(UPLOAD_MEMORY);
  }

  /**
   * The bucket called {@code bucketName}, directory or general-purpose.
   *
   * @param client stays the caller's, who closes it after the bucket
   * @throws IllegalArgumentException when the name is malformed
   */
  public static SdkBucket over(S3AsyncClient client, String bucketName) {
    return new SdkBucket(client, BucketName.parse(bucketName));
  }

  @Override
  public BucketName name() {
    return name;
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return get(Arguments.request(request), SdkLanding::lent, Slice::close);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    Arguments.target(target, request.range());
    return get(Arguments.request(request), () -> SdkLanding.placed(target), info -> {});
  }

  private <T> CompletableFuture<T> get(
      ReadRequest request, Supplier<SdkLanding<T>> landings, Consumer<T> discard) {
    RequestSite site = site(Operation.READ, request.key(), request.range());
    SdkCalls.Call<T> call = new SdkCalls.Call<>(site, discard);
    SdkBody<T> body = new SdkBody<>(request, site, landings, call::claim, () -> call.cancel(false));
    call.beforeGivingUp(body::abandon);
    return calls.send(
        call,
        request.deadline(),
        () ->
            client
                .getObject(toGet(request), body)
                .whenComplete((value, failure) -> body.dropUnless(failure == null, discard)));
  }

  private GetObjectRequest toGet(ReadRequest request) {
    GetObjectRequest.Builder get =
        GetObjectRequest.builder().bucket(name.toString()).key(request.key());
    request.version().ifPresent(version -> get.ifMatch(version.tag()));
    if (request.range().isAll()) {
      return get.checksumMode(ChecksumMode.ENABLED).build();
    }
    return get.range(request.range().toString()).build();
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    Arguments.key(key);
    return calls.send(
        new SdkCalls.Call<>(site(Operation.STAT, key, null), info -> {}),
        Optional.empty(),
        () ->
            client
                .headObject(head -> head.bucket(name.toString()).key(key))
                .thenApply(answer -> SdkAnswers.info(key, answer)));
  }

  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    Arguments.listing(name, request);
    return calls.send(
        new SdkCalls.Call<>(site(Operation.LIST, null, null), listing -> {}),
        Optional.empty(),
        () -> client.listObjectsV2(toList(request)).thenApply(SdkAnswers::listing));
  }

  /** Asks for encoded keys, because XML cannot carry them all; the SDK decodes them. */
  private ListObjectsV2Request toList(ListRequest request) {
    ListObjectsV2Request.Builder list =
        ListObjectsV2Request.builder()
            .bucket(name.toString())
            .maxKeys(request.pageSize())
            .encodingType(EncodingType.URL)
            .continuationToken(request.token().orElse(null));
    if (!request.prefix().isEmpty()) {
      list.prefix(request.prefix());
    }
    return request.isGrouped() ? list.delimiter("/").build() : list.build();
  }

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    return writes.write(Arguments.key(key, body), body, options);
  }

  @Override
  public Upload upload(String key, UploadOptions options) {
    Arguments.key(key);
    return new PartedUpload(name, key, options, memory, uploadCalls(key, options));
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions options) {
    UploadOptions same = Arguments.token(name, token, options);
    return PartedUpload.resume(token, same, memory, uploadCalls(token.key(), same));
  }

  private SdkUpload uploadCalls(String key, UploadOptions options) {
    return new SdkUpload(client, name, calls, key, options.how());
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    return SdkUpload.open(client, name, calls, Arguments.directory(prefix))
        .thenCompose(open -> StaleUploads.abort(open, begunBefore, this::abort));
  }

  private CompletableFuture<Void> abort(OpenUpload upload) {
    return uploadCalls(upload.key(), UploadOptions.defaults()).abort(upload.id());
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions options) {
    Arguments.append(key, atOffset, body);
    if (name.zone().isEmpty()) {
      return DirectoryOnly.refuse(Operation.APPEND, name, key);
    }
    return new Append(this, key, atOffset, body, () -> writes.append(key, atOffset, body, options))
        .run();
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    Arguments.rename(from, to);
    return name.zone().isEmpty()
        ? DirectoryOnly.refuse(Operation.RENAME, name, to)
        : writes.rename(from, to, options);
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    Arguments.copy(request);
    return writes.copy(request);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return writes.delete(Arguments.key(key), Optional.empty());
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return writes.delete(Arguments.key(key), Optional.of(version));
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    Arguments.keys(keys);
    return DeleteAll.of(keys, writes::deleteAll);
  }

  private RequestSite site(Operation operation, @Nullable String key, @Nullable ByteRange range) {
    return RequestSite.of(operation, name, key, range);
  }

  @Override
  public void close() {
    calls.close();
  }

  @Override
  public String toString() {
    return "SdkBucket[" + name + "]";
  }
}
