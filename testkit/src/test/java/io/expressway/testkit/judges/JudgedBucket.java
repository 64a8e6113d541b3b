package io.expressway.testkit.judges;

import static java.nio.charset.StandardCharsets.UTF_8;
import static software.amazon.awssdk.utils.http.SdkHttpUtils.urlEncodeIgnoreSlashes;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * One bucket as a client sees it. Text is UTF-8. Fails with the SDK's exceptions; closing it closes
 * the client.
 */
record JudgedBucket(Judge judge, String name) implements AutoCloseable {
  /** Writes an object; returns its ETag. */
  String put(String key, String text) {
    return put(key, text, request -> request);
  }

  /** Appends to an object, whose size the caller believes to be {@code offsetBytes}. */
  void append(String key, long offsetBytes, String text) {
    put(key, text, request -> request.writeOffsetBytes(offsetBytes));
  }

  String put(String key, String text, UnaryOperator<PutObjectRequest.Builder> more) {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(name).key(key);
    return judge.put(more.apply(request).build(), text.getBytes(UTF_8)).eTag();
  }

  String read(String key) {
    return read(key, request -> request);
  }

  String readRange(String key, String range) {
    return read(key, request -> request.range(range));
  }

  String read(String key, UnaryOperator<GetObjectRequest.Builder> more) {
    GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(name).key(key);
    return new String(judge.get(more.apply(request).build()), UTF_8);
  }

  /** Begins a multipart upload; returns its id. */
  String begin(String key) {
    return judge
        .begin(CreateMultipartUploadRequest.builder().bucket(name).key(key).build())
        .uploadId();
  }

  /** Uploads the parts, numbered from 1, and completes the upload. */
  void complete(String key, String upload, byte[]... bodies) {
    List<CompletedPart> parts =
        IntStream.range(0, bodies.length)
            .mapToObj(i -> part(key, upload, i + 1, bodies[i]))
            .toList();
    judge.complete(
        CompleteMultipartUploadRequest.builder()
            .bucket(name)
            .key(key)
            .uploadId(upload)
            .multipartUpload(whole -> whole.parts(parts))
            .build());
  }

  private CompletedPart part(String key, String upload, int number, byte[] body) {
    UploadPartRequest request =
        UploadPartRequest.builder()
            .bucket(name)
            .key(key)
            .uploadId(upload)
            .partNumber(number)
            .build();
    String etag = judge.part(request, body).eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  ListObjectsV2Response list(UnaryOperator<ListObjectsV2Request.Builder> more) {
    return judge.list(more.apply(ListObjectsV2Request.builder().bucket(name)).build());
  }

  /** The keys under a prefix, in the order of the answer. */
  List<String> keys(String prefix) {
    return list(request -> request.prefix(prefix)).contents().stream().map(S3Object::key).toList();
  }

  /** Renames an object; the API wants the source URL-encoded, and the SDK leaves that to us. */
  void rename(String from, String to) {
    judge.rename(
        RenameObjectRequest.builder()
            .bucket(name)
            .key(to)
            .renameSource(urlEncodeIgnoreSlashes(from))
            .build());
  }

  void delete(String key) {
    judge.delete(DeleteObjectRequest.builder().bucket(name).key(key).build());
  }

  /** Deletes with one request; returns the keys that the answer says are gone. */
  List<String> deleteAll(String... keys) {
    List<ObjectIdentifier> objects =
        List.of(keys).stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsRequest request =
        DeleteObjectsRequest.builder()
            .bucket(name)
            .delete(delete -> delete.objects(objects))
            .build();
    return judge.delete(request).deleted().stream().map(DeletedObject::key).toList();
  }

  @Override
  public void close() {
    judge.close();
  }
}
