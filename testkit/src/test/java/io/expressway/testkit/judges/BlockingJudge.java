package io.expressway.testkit.judges;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
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

/** The SDK's blocking client; owns it and the HTTP client under it. */
record BlockingJudge(S3Client client, SdkHttpClient http) implements Judge {
  @Override
  public PutObjectResponse put(PutObjectRequest request, byte[] body) {
    return client.putObject(request, RequestBody.fromBytes(body));
  }

  @Override
  public byte[] get(GetObjectRequest request) {
    return client.getObjectAsBytes(request).asByteArray();
  }

  @Override
  public CreateMultipartUploadResponse begin(CreateMultipartUploadRequest request) {
    return client.createMultipartUpload(request);
  }

  @Override
  public UploadPartResponse part(UploadPartRequest request, byte[] body) {
    return client.uploadPart(request, RequestBody.fromBytes(body));
  }

  @Override
  public CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
    return client.completeMultipartUpload(request);
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    return client.listObjectsV2(request);
  }

  @Override
  public void rename(RenameObjectRequest request) {
    client.renameObject(request);
  }

  @Override
  public void delete(DeleteObjectRequest request) {
    client.deleteObject(request);
  }

  @Override
  public DeleteObjectsResponse delete(DeleteObjectsRequest request) {
    return client.deleteObjects(request);
  }

  /** The SDK leaves an HTTP client that it was given to its giver. */
  @Override
  public void close() {
    client.close();
    http.close();
  }
}
