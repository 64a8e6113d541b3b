package io.expressway.jmh;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** A ranged GET as bytes, signed once by the SDK's signer: the floor signs nothing per request. */
final class SignedRequest {
  private SignedRequest() {}

  static byte[] of(ServerAddress server, int length) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .uri(server.endpoint().resolve("/" + server.bucket() + "/" + ServerAddress.KEY))
            .putHeader("Range", "bytes=0-" + (length - 1))
            .build();
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(
                            AwsCredentialsIdentity.create(
                                server.accessKeyId(), server.secretAccessKey()))
                        .request(request)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3express")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, server.region())
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, true))
            .request();
    StringBuilder head =
        new StringBuilder("GET ").append(signed.encodedPath()).append(" HTTP/1.1\r\n");
    for (Map.Entry<String, List<String>> header : signed.headers().entrySet()) {
      head.append(header.getKey()).append(": ").append(header.getValue().get(0)).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
