package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OwnZoneTest {
  private static final String ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  private HttpServer metadata;

  @BeforeEach
  void start() throws Exception {
    metadata = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    metadata.start();
  }

  @AfterEach
  void stop() {
    metadata.stop(0);
  }

  private void answer(String path, String method, String header, String value, String body) {
    metadata.createContext(
        path,
        exchange -> {
          boolean isRight =
              exchange.getRequestMethod().equals(method)
                  && value.equals(exchange.getRequestHeaders().getFirst(header));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(isRight ? 200 : 401, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private String endpoint() {
    return "http://127.0.0.1:" + metadata.getAddress().getPort();
  }

  @Test
  void theEnvironmentSaysIt() {
    assertThat(OwnZone.find(Map.of(OwnZone.VARIABLE, " usw2-az3 ")::get)).contains("usw2-az3");
  }

  @Test
  void elseTheInstanceIsAskedWithAToken() {
    answer("/latest/api/token", "PUT", "X-aws-ec2-metadata-token-ttl-seconds", "60", "secret");
    answer(
        "/latest/meta-data/placement/availability-zone-id",
        "GET",
        "X-aws-ec2-metadata-token",
        "secret",
        "usw2-az4\n");
    assertThat(OwnZone.find(Map.of(ENDPOINT, endpoint())::get)).contains("usw2-az4");
  }

  @Test
  void withoutAnAnswerThereIsNone() {
    String nobody = endpoint();
    metadata.stop(0);
    assertThat(OwnZone.find(Map.of(ENDPOINT, nobody)::get)).isEmpty();
    assertThat(OwnZone.find(Map.of("AWS_EC2_METADATA_DISABLED", "true")::get)).isEmpty();
  }
}
