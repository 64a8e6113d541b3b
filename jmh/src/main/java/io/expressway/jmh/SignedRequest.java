package io.expressway.jmh;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** The head of a request as bytes, signed by the SDK's signer, its body not. */
final class SignedRequest {
  private SignedRequest() {}

  /** A GET of the first {@code length} bytes: the floor signs nothing per request. */
  static byte[] of(ServerAddress server, int length) {
    return of(server, "GET", ServerAddress.KEY, Map.of("Range", "bytes=0-" + (length - 1)));
  }

  /**
   * Any request.
   *
   * @param target the key and what query follows it
   */
  static byte[] of(
      ServerAddress server, String method, String target, Map<String, String> headers) {
    URI uri = server.endpoint().resolve("/" + server.bucket() + "/" + target);
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(method)).uri(uri);
    headers.forEach(request::putHeader);
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(
                            AwsCredentialsIdentity.create(
                                server.accessKeyId(), server.secretAccessKey()))
                        .request(request.build())
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3express")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, server.region())
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false))
            .request();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder head =
        new StringBuilder(method + " " + signed.encodedPath() + query + " HTTP/1.1\r\n");
    for (Map.Entry<String, List<String>> header : signed.headers().entrySet()) {
      head.append(header.getKey()).append(": ").append(header.getValue().get(0)).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
