package io.expressway;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** A process that uploads, says when parts are stored, and then waits to be killed. */
final class KilledUploader {
  private KilledUploader() {}

  /** Arguments: endpoint, bucket, key, access key id, secret, part size, bytes, seed. */
  public static void main(String[] args) throws Exception {
    int size = Integer.parseInt(args[6]);
    byte[] content = new byte[size];
    new Random(Long.parseLong(args[7])).nextBytes(content);
    ExpressBucket bucket =
        ExpressBucket.open(
            args[1],
            Credentials.of(args[3], args[4]),
            ExpressOptions.defaults().endpoint(URI.create(args[0])));
    UploadOptions options =
        UploadOptions.defaults()
            .partSize(Long.parseLong(args[5]))
            .progress((stored, given) -> System.out.println("stored " + stored));
    Upload upload = bucket.upload(args[2], options);
    System.out.println(upload.token().join());
    upload.write(ByteBuffer.wrap(content));
    new CountDownLatch(1).await();
  }
}
