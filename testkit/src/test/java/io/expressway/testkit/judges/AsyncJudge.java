package io.expressway.testkit.judges;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The SDK's asynchronous client, waited for; owns it and what it runs on. */
record AsyncJudge(S3AsyncClient client, SdkAutoCloseable http) implements Judge {
  @Override
  public PutObjectResponse put(PutObjectRequest request, byte[] body) {
    return await(client.putObject(request, AsyncRequestBody.fromBytes(body)));
  }

  @Override
  public byte[] get(GetObjectRequest request) {
    return await(client.getObject(request, AsyncResponseTransformer.toBytes())).asByteArray();
  }

  @Override
  public CreateMultipartUploadResponse begin(CreateMultipartUploadRequest request) {
    return await(client.createMultipartUpload(request));
  }

  @Override
  public UploadPartResponse part(UploadPartRequest request, byte[] body) {
    return await(client.uploadPart(request, AsyncRequestBody.fromBytes(body)));
  }

  @Override
  public CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
    return await(client.completeMultipartUpload(request));
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    return await(client.listObjectsV2(request));
  }

  @Override
  public void rename(RenameObjectRequest request) {
    await(client.renameObject(request));
  }

  @Override
  public void delete(DeleteObjectRequest request) {
    await(client.deleteObject(request));
  }

  @Override
  public DeleteObjectsResponse delete(DeleteObjectsRequest request) {
    return await(client.deleteObjects(request));
  }

  /** The SDK leaves an HTTP client that it was given to its giver. */
  @Override
  public void close() {
    client.close();
    http.close();
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
