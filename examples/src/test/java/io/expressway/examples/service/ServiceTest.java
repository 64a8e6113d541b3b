package io.expressway.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.Fault;
import io.expressway.testkit.NoLeaks;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeaks.class)
@Tag("one-jdk") // a server of somebody else's, and three of ours, for each test
final class ServiceTest {
  private static final int MIB = 1 << 20;
  private final ZonalServer server =
      ZonalServer.builder().zones("usw2-az1", "usw2-az3", "usw2-az4").start();
  private final HttpClient client = HttpClient.newHttpClient();
  private WebServer service;
  private URI uri;

  @BeforeEach
  void open() throws Exception {
    Store.fill(server, 22);
    service = new WebServer(Store.on(server, 16), 0);
    uri = service.uri();
  }

  @AfterEach
  void close() {
    service.close();
  }

  private byte[] content(String key) {
    Zone zone = server.zones().get(0);
    return zone.bytes(zone.bucket(), key);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private String text(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    return new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  // Objects.

  @ParameterizedTest
  @CsvSource({
    "bytes=0-99, 0, 100",
    "bytes=1048000-, 1048000, 1048576",
    "bytes=-10, 1048566, 1048576",
    "bytes=1000-2000000, 1000, 1048576",
    "bytes=5-5, 5, 6"
  })
  void aRangeIsServed(String range, int begin, int end) throws Exception {
    for (int i = 0; i < 2; i++) { // from the zone, then from the cache
      HttpResponse<byte[]> answer = get("objects/demo/1", "Range", range);
      assertThat(answer.statusCode()).isEqualTo(206);
      assertThat(answer.headers().firstValue("content-range"))
          .hasValue("bytes " + begin + "-" + (end - 1) + "/" + MIB);
      assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(content("demo/1"), begin, end));
    }
  }

  @Test
  void aWholeObjectIsServedInPieces() throws Exception {
    byte[] large = new byte[9 * MIB + 17];
    new java.util.Random(3).nextBytes(large);
    server.zones().forEach(zone -> zone.putObject(zone.bucket(), "large", large));
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> answer = get("objects/large");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(large);
    }
  }

  @Test
  void aHeadSaysHowLongItIs() throws Exception {
    HttpResponse<byte[]> answer =
        client.send(
            request("objects/demo/2").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(MIB);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void whatCannotBeServedIsRefused() throws Exception {
    assertThat(get("objects/missing").statusCode()).isEqualTo(404);
    assertThat(get("elsewhere").statusCode()).isEqualTo(404);
    HttpResponse<byte[]> beyond = get("objects/demo/1", "Range", "bytes=2000000-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(beyond.headers().firstValue("content-range")).hasValue("bytes */" + MIB);
    server.zones().forEach(zone -> zone.inject(Fault.slowDown().always()));
    assertThat(get("objects/demo/3").statusCode()).isIn(502, 503);
  }

  @Test
  void aZoneThatIsLostIsNotNoticed() throws Exception {
    assertThat(get("objects/demo/4", "Range", "bytes=0-9").statusCode()).isEqualTo(206);
    server.zones().get(0).stop();
    for (int i = 5; i < 15; i++) {
      assertThat(get("objects/demo/" + i).body()).isEqualTo(content("demo/" + i));
    }
    assertThat(get("health").statusCode()).isEqualTo(200);
  }

  // What it shows.

  @Test
  void machinesAreToldHowItIs() throws Exception {
    get("objects/demo/1", "Range", "bytes=0-99");
    get("objects/demo/1", "Range", "bytes=0-99");
    assertThat(text("health")).isEqualTo("{\"up\":true}");
    assertThat(text("metrics"))
        .containsPattern("expressway_bucket_requests_total\\{.*operation=\"read\".*} 1\\.0")
        .containsPattern("expressway_session_created_sessions_total [1-3]\\.0")
        .contains("expressway_cache_reads_total{result=\"hit\"} 1.0")
        .contains("expressway_multiaz_zone_up_zones{zone=\"usw2-az1\"} 1.0")
        .containsPattern("expressway_bucket_cost_usd_total\\{.*} [0-9.E-]+")
        .contains("service_objects_seconds_count 2")
        .doesNotContain("demo/1")
        .doesNotContain(server.secretAccessKey());
    assertThat(text("status"))
        .contains("\"zone\":\"usw2-az4\",\"health\":\"UP\"", "\"phase\":\"LIVE\"", "\"hitRate\":0.")
        .doesNotContain("demo/1");
  }

  @Test
  void thePageNeedsNothingElseAndBringsTheFirstFigures() throws Exception {
    assertThat(text(""))
        .contains("<svg", "const first = {\"points\":[")
        .doesNotContainPattern("(src|href)=|@import|url\\(|https?://");
  }

  @Test
  void withoutAnyZoneItIsNotWell() throws Exception {
    server.zones().forEach(Zone::stop);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int status = 200;
    for (int i = 0; status == 200 && System.nanoTime() < end; i++) {
      get("objects/demo/" + i % 22);
      status = get("health").statusCode();
    }
    assertThat(status).isEqualTo(503);
  }

  // The end.

  @Test
  void whatIsUnderWayFinishesAndNothingNewIsTaken() throws Exception {
    assertThat(get("health").statusCode()).isEqualTo(200);
    server
        .zones()
        .forEach(
            zone ->
                zone.inject(
                    Fault.trickle(64 << 10, Duration.ofMillis(100)).on("GetObject").always()));
    CompletableFuture<HttpResponse<byte[]>> slow =
        client.sendAsync(
            request("objects/demo/9").build(), HttpResponse.BodyHandlers.ofByteArray());
    while (server.roundTrips().of("GetObject") == 0) {
      Thread.onSpinWait();
    }
    CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);
    int refused = 0;
    while (refused == 0 && !closing.isDone()) {
      refused = isRefused() ? 1 : 0;
    }

    assertThat(refused).as("refused while it was closing").isOne();
    HttpResponse<byte[]> answer = slow.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(content("demo/9"));
    closing.get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> get("health")).isInstanceOf(IOException.class);
  }

  private boolean isRefused() throws Exception {
    try {
      return get("objects/demo/20").statusCode() == 503;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Service.run(new String[] {"--colour", "blue"}))
        .withMessageContaining("--colour");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Service.run(new String[] {"--port", "x"}))
        .withMessageContaining("--port must be a number");
  }
}
