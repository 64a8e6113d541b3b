package io.expressway.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs on a bucket that somebody pays for. */
@Tag("one-jdk")
final class BucketClaimsTest {
  private static final String BUCKET = "demo--usw2-az1--x-s3";

  @TempDir private Path out;

  @BeforeEach
  void signIn() {
    System.setProperty("aws.accessKeyId", "TESTKEYID");
    System.setProperty("aws.secretAccessKey", "test-secret");
  }

  @AfterEach
  void signOut() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private static BucketTarget parse(String... words) {
    List<String> all = new ArrayList<>(List.of("--bucket", BUCKET));
    all.addAll(List.of(words));
    return BucketTarget.parse(all);
  }

  @Test
  void theCostIsKnownBefore() {
    BucketTarget all = parse();
    assertThat(all.phases()).containsExactly(BucketPhase.values());
    assertThat(all.plannedRequests()).isBetween(5_000L, all.requests());
    assertThat(all.dollars()).isBetween(0.001, 0.01);
    assertThat(parse("read").dollars()).isLessThan(all.dollars());
    assertThat(parse("session", "--minutes", "12").plannedRequests())
        .isGreaterThan(2 * parse("session", "--minutes", "5").plannedRequests());
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("reads"))
        .withMessageContaining("reads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--minutes", "-1"))
        .withMessageContaining("--minutes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--colour", "blue"))
        .withMessageContaining("--colour");
    assertThatIllegalArgumentException().isThrownBy(() -> parse("--region"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BucketTarget.parse(List.of("--bucket", "no-zone")))
        .withMessageContaining("no-zone");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> BucketClaims.run(List.of("--bucket", BUCKET, "--requests", "10", "--yes")))
        .withMessageContaining("more than 10 requests");
  }

  @Test
  void noMoreIsSentThanAllowed() {
    RequestMeter meter = new RequestMeter(3);
    meter.require(3);
    assertThatIllegalStateException()
        .isThrownBy(() -> meter.require(4))
        .withMessageContaining("--requests");
  }

  @Test
  void whatIsMeasuredIsToldAndNothingStays() throws Exception {
    try (ZonalServer server =
        ZonalServer.builder().credentials("TESTKEYID", "test-secret").start()) {
      Zone zone = server.zones().get(0);
      RoundTrips before = server.roundTrips();
      boolean unused =
          BucketClaims.run(
              List.of(
                  "--bucket",
                  zone.bucket(),
                  "--region",
                  server.region(),
                  "--endpoint",
                  zone.endpoint().toString(),
                  "--out",
                  out.toString(),
                  "--minutes",
                  "0.03",
                  "--yes",
                  "session",
                  "write"));
      RoundTrips sent = server.roundTrips().since(before);
      assertThat(sent.of("PutObject")).isGreaterThan(2 * BucketPhase.PUTS);
      assertThat(sent.of("RenameObject")).isEqualTo(BucketPhase.RENAMES);
      assertThat(sent.of("CompleteMultipartUpload")).isEqualTo(2 * BucketPhase.UPLOADS);
      assertThat(sent.total() - sent.of("DeleteObjects") - sent.of("DeleteObject"))
          .isLessThanOrEqualTo(parse("--minutes", "0.03", "session", "write").plannedRequests());
      assertThat(keys(zone)).isEmpty();
      assertThat(Files.readString(out.resolve("claims-bucket.md")))
          .contains("one rename")
          .contains("Not AWS");
      assertThat(Files.readString(out.resolve("claims-bucket.json"))).contains("PASS");
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamedAndNothingElse() throws Exception {
    PrintStream errors = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    try (ZonalServer server =
        ZonalServer.builder().credentials("TESTKEYID", "test-secret").start()) {
      System.setErr(new PrintStream(told, true, UTF_8));
      boolean holds =
          BucketClaims.run(
              List.of(
                  "--bucket",
                  "missing--usw2-az1--x-s3",
                  "--region",
                  server.region(),
                  "--endpoint",
                  server.zones().get(0).endpoint().toString(),
                  "--out",
                  out.toString(),
                  "--yes",
                  "session"));
      assertThat(holds).isFalse();
      assertThat(told.toString(UTF_8))
          .contains("ended early: no such bucket")
          .contains("missing--usw2-az1--x-s3")
          .doesNotContain("\tat ");
      assertThat(out).isEmptyDirectory();
    } finally {
      System.setErr(errors);
    }
  }

  private static List<String> keys(Zone zone) {
    try (ExpressBucket bucket =
        ExpressBucket.open(
            zone.bucket(),
            Credentials.of("TESTKEYID", "test-secret"),
            ExpressOptions.defaults().endpoint(zone.endpoint()))) {
      return bucket.list(ListRequest.under("expressway-claims/")).join().objects().stream()
          .map(ObjectInfo::key)
          .toList();
    }
  }
}
