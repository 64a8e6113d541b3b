package io.expressway.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expressway.AccessKey;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.ManualClock;
import io.expressway.testkit.NoLeaks;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each illness is provoked, and named with what to do about it. */
@ExtendWith(NoLeaks.class)
@Tag("one-jdk")
final class DoctorTest {
  private static final String KEY_ID = "TESTKEYID";
  private static final String SECRET = "a-secret-that-nobody-may-see";
  private static final Credentials IDENTITY = Credentials.of(KEY_ID, SECRET);
  private final ManualClock clock = ManualClock.atSystemTime();
  private ZonalServer server = start(ZonalServer.builder());
  private Optional<String> ownZone = Optional.of("usw2-az1");

  private ZonalServer start(ZonalServer.Builder builder) {
    return builder.zones("usw2-az1").clock(clock).credentials(KEY_ID, SECRET).start();
  }

  private void restart(ZonalServer.Builder builder) {
    server.close();
    server = start(builder);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Zone zone() {
    return server.zone("usw2-az1");
  }

  private ExpressOptions options() {
    return ExpressOptions.defaults().endpoint(zone().endpoint());
  }

  private String examine(boolean well) {
    return examine(well, IDENTITY, options(), zone().bucket());
  }

  private String examine(
      boolean well, Credentials identity, ExpressOptions options, String... buckets) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    boolean said = new Doctor(identity, options, ownZone, out).examine(List.of(buckets));
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(said).as(text).isEqualTo(well);
    assertThat(text).doesNotContain(SECRET).doesNotContain("a-token-that-nobody-may-see");
    return text;
  }

  @Test
  void aHealthyBucketPassesEveryCheck() {
    zone().putObject(zone().bucket(), "logs/object", new byte[10_000]);
    assertThat(examine(true))
        .doesNotContain("WARN", "FAIL", "SKIP")
        .contains("PASS  name and Region")
        .contains("this machine is in usw2-az1, as the bucket is")
        .contains("PASS  DNS")
        .contains("PASS  connection")
        .contains("agrees with the service's")
        .contains("PASS  credentials", "access key TESTKEYID, permanent")
        .contains("PASS  CreateSession ReadOnly")
        .contains("PASS  CreateSession ReadWrite")
        .contains("reads an object of 10000 bytes")
        .contains("50 small reads", "median", "worst")
        .contains("64 reads at once, none put off")
        .contains("nothing failed;", "since 2025-04-10");
    assertThat(zone().roundTrips().createSessions()).isEqualTo(2);
    assertThat(zone().roundTrips().requests()).doesNotContainKeys("PutObject", "DeleteObject");
  }

  @Test
  void anEmptyBucketIsTimedToo() {
    assertThat(examine(true)).contains("no object to read", "50 small reads", "none put off");
  }

  @Test
  void anotherZoneIsAWarning() {
    ownZone = Optional.of("usw2-az3");
    assertThat(examine(true))
        .contains("WARN  zone", "this machine is in usw2-az3", "crosses zones");
    ownZone = Optional.empty();
    assertThat(examine(true)).contains("WARN  zone", "EXPRESSWAY_ZONE_ID");
  }

  @Test
  void aWrongNameOrRegionIsNamedBeforeAnythingIsSent() {
    assertThat(examine(false, IDENTITY, options(), "no-zone"))
        .contains("FAIL  name and Region", "BASE--ZONE--x-s3", "SKIP  DNS", "SKIP  throttling");
    assertThat(examine(false, IDENTITY, options().region("eu-north-1"), zone().bucket()))
        .contains("FAIL  name and Region", "lies in us-west-2, not in eu-north-1");
    assertThat(zone().roundTrips().total()).isZero();
  }

  @Test
  void aServerOfAnotherRegionRefusesTheSignature() {
    restart(ZonalServer.builder().region("us-east-1"));
    assertThat(examine(false)).contains("FAIL  CreateSession ReadOnly", "SKIP  latency");
  }

  @Test
  void nobodyThereIsNamed() {
    URI endpoint = zone().endpoint();
    zone().stop();
    assertThat(
            examine(false, IDENTITY, ExpressOptions.defaults().endpoint(endpoint), zone().bucket()))
        .contains("FAIL  connection", "refused", "security groups", "SKIP  clock");
  }

  @Test
  void aNameThatDoesNotResolveIsNamed() {
    ExpressOptions nowhere =
        ExpressOptions.defaults().endpoint(URI.create("http://nowhere.invalid"));
    assertThat(examine(false, IDENTITY, nowhere, zone().bucket()))
        .contains("FAIL  DNS", "nowhere.invalid does not resolve", "gateway endpoint");
  }

  @Test
  void aCertificateOfNobodyIsNamedAndATrustedOnePasses() throws Exception {
    restart(ZonalServer.builder().tls(true));
    assertThat(examine(false)).contains("FAIL  TLS", "no handshake", "trust the authority");
    assertThat(
            examine(
                true, IDENTITY, options().trust(List.of(server.certificate())), zone().bucket()))
        .contains("PASS  TLS", "TLSv1.3");
  }

  @Test
  void aClockThatIsOffIsNamed() {
    clock.advance(Duration.ofSeconds(60));
    assertThat(examine(true)).containsPattern("WARN  clock +(59|6\\d) s behind the service's");
    clock.advance(Duration.ofMinutes(20));
    assertThat(examine(false)).contains("FAIL  clock", "chronyc");
  }

  @Test
  void wrongCredentialsAreNamed() {
    assertThat(examine(false, Credentials.of("NOSUCHKEY", SECRET), options(), zone().bucket()))
        .contains("FAIL  CreateSession ReadOnly", "does not know this access key");
    assertThat(examine(false, Credentials.of(KEY_ID, "wrong"), options(), zone().bucket()))
        .contains("FAIL  CreateSession ReadOnly", "does not belong to the access key");
  }

  @Test
  void credentialsThatEndedAreNamed() {
    AccessKey ended =
        AccessKey.temporary(
            KEY_ID, SECRET, "a-token-that-nobody-may-see", Instant.now().minusSeconds(60));
    assertThat(examine(false, Credentials.of(ended), options(), zone().bucket()))
        .contains("FAIL  credentials", "get new temporary credentials", "SKIP  CreateSession");
  }

  @Test
  void aTokenThatTheServiceCallsExpiredIsNamed() {
    zone().inject(Fault.expiredSession().on("CreateSession").always());
    assertThat(examine(false))
        .contains("FAIL  CreateSession ReadOnly", "ExpiredToken", "get new temporary credentials");
  }

  @Test
  void sessionsThatAreDeniedAreNamed() {
    zone().inject(Fault.accessDenied().on("CreateSession").always());
    assertThat(examine(false)).contains("FAIL  CreateSession ReadOnly", "s3express:CreateSession");
  }

  @Test
  void aBucketThatDoesNotExistIsNamed() {
    assertThat(examine(false, IDENTITY, options(), "other--usw2-az1--x-s3"))
        .contains("FAIL  CreateSession ReadOnly", "no such bucket");
  }

  @Test
  void throttlingIsNamed() {
    zone().putObject(zone().bucket(), "object", new byte[10_000]);
    zone().inject(Fault.slowDown().on("GetObject").nth(60).times(5));
    assertThat(examine(true)).contains("WARN  throttling", "put off", "send less at once");
    zone().clearFaults();
    zone().inject(Fault.slowDown().on("GetObject").always());
    assertThat(examine(false)).contains("FAIL  latency", "SlowDown", "send less at once");
  }

  @Test
  void slowAnswersAreAWarning() {
    zone().putObject(zone().bucket(), "object", new byte[10_000]);
    zone().inject(Fault.delay(Duration.ofMillis(20)).on("GetObject").always());
    assertThat(examine(true)).contains("WARN  latency", "be in the bucket's own zone");
  }

  @Test
  void severalBucketsAreLookedAtEach() {
    String second = zone().createBucket("second");
    String text = examine(false, IDENTITY, options(), zone().bucket(), second, "no-zone");
    assertThat(text.split("PASS  throttling", -1)).hasSize(3);
    assertThat(text).contains("something failed;");
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Doctor.run(new String[0]))
        .withMessageContaining("usage: doctor");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Doctor.run(new String[] {"--colour", "blue"}))
        .withMessageContaining("--colour");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Doctor.run(new String[] {"--bucket"}))
        .withMessageContaining("--bucket needs a value");
  }
}
