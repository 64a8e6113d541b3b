package io.expressway.multiaz;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which zone this machine is in.
 *
 * <p>Source: EC2 User Guide, "Use the Instance Metadata Service", category {@code
 * placement/availability-zone-id}, read on 2026-11-22; the endpoint may be set by {@code
 * AWS_EC2_METADATA_SERVICE_ENDPOINT} and switched off by {@code AWS_EC2_METADATA_DISABLED}, as for
 * the AWS SDKs.
 */
public final class OwnZone {
  /** The environment variable that says it. */
  public static final String VARIABLE = "EXPRESSWAY_ZONE_ID";

  private static final String ENDPOINT = "http://169.254.169.254";
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private OwnZone() {}

  /**
   * The zone's ID from the environment variable {@code EXPRESSWAY_ZONE_ID}, else from the instance
   * metadata service; empty where neither says. Blocks for up to two seconds.
   */
  public static Optional<String> find() {
    return find(System::getenv);
  }

  @SuppressWarnings("NullAway") // a variable that is not set is null
  static Optional<String> find(UnaryOperator<String> environment) {
    String said = environment.apply(VARIABLE);
    if (said != null && !said.isBlank()) {
      return Optional.of(said.strip());
    }
    if ("true".equalsIgnoreCase(environment.apply("AWS_EC2_METADATA_DISABLED"))) {
      return Optional.empty();
    }
    String endpoint = environment.apply("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    return ask(endpoint == null || endpoint.isBlank() ? ENDPOINT : endpoint);
  }

  private static Optional<String> ask(String endpoint) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      String token =
          send(
              client,
              request(endpoint, "/latest/api/token")
                  .header("X-aws-ec2-metadata-token-ttl-seconds", "60")
                  .PUT(HttpRequest.BodyPublishers.noBody()));
      return token == null
          ? Optional.empty()
          : Optional.ofNullable(
              send(
                  client,
                  request(endpoint, "/latest/meta-data/placement/availability-zone-id")
                      .header("X-aws-ec2-metadata-token", token)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // not on EC2, or not allowed to ask
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static HttpRequest.Builder request(String endpoint, String path) {
    return HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(PATIENCE);
  }

  private static @Nullable String send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body().strip() : null;
  }
}
