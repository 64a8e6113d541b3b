package io.expressway.jmh;

import java.io.InputStream;
import java.util.List;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.DownloadRequest;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The streams of the SDK's clients, one GET of the whole object each, as they are by default. */
final class SdkStreams implements StreamClient {
  /** Asks for an object. */
  private interface Ask {
    InputStream of(GetObjectRequest request);
  }

  private final String bucket;
  private final Ask ask;
  private final List<SdkAutoCloseable> clients;

  private SdkStreams(ServerAddress server, Ask ask, SdkAutoCloseable... clients) {
    this.bucket = server.bucket();
    this.ask = ask;
    this.clients = List.of(clients);
  }

  static SdkStreams blocking(ServerAddress server, S3Client client) {
    return new SdkStreams(server, client::getObject, client);
  }

  static SdkStreams asynchronous(ServerAddress server, S3AsyncClient client) {
    return new SdkStreams(
        server,
        request ->
            client.getObject(request, AsyncResponseTransformer.toBlockingInputStream()).join(),
        client);
  }

  static SdkStreams transferManager(ServerAddress server) {
    S3AsyncClient client = SdkClients.crt(server, SdkClients.OWN_LIMIT);
    S3TransferManager manager = S3TransferManager.builder().s3Client(client).build();
    return new SdkStreams(
        server,
        request ->
            manager
                .download(
                    DownloadRequest.builder()
                        .getObjectRequest(request)
                        .responseTransformer(AsyncResponseTransformer.toBlockingInputStream())
                        .build())
                .completionFuture()
                .join()
                .result(),
        manager,
        client);
  }

  @Override
  public Stream open(String key) {
    return new BodyStream(
        ask.of(GetObjectRequest.builder().bucket(bucket).key(key).build()), false);
  }

  @Override
  public void forget() {}

  @Override
  public void close() {
    clients.forEach(SdkAutoCloseable::close);
  }
}
