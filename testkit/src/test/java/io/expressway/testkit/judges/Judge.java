package io.expressway.testkit.judges;

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

/**
 * A client of the AWS SDK, blocking or not, behind blocking calls. Fails with the SDK's own
 * exceptions, never wrapped. Closing it closes the client and its connections.
 */
interface Judge extends AutoCloseable {
  PutObjectResponse put(PutObjectRequest request, byte[] body);

  byte[] get(GetObjectRequest request);

  CreateMultipartUploadResponse begin(CreateMultipartUploadRequest request);

  UploadPartResponse part(UploadPartRequest request, byte[] body);

  CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request);

  ListObjectsV2Response list(ListObjectsV2Request request);

  void rename(RenameObjectRequest request);

  void delete(DeleteObjectRequest request);

  DeleteObjectsResponse delete(DeleteObjectsRequest request);

  @Override
  void close();
}
