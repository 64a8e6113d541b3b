package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AppendStreamTest {
  private static final int MOST_APPENDS = 10_000;
  private ZonalServer server;
  private Zone zone;
  private String name;
  private ExpressBucket bucket;

  @BeforeEach
  void start() {
    server = ZonalServer.builder().zones("usw2-az1").requestLog(50_000).start();
    zone = server.zone("usw2-az1");
    name = zone.createBucket("logs");
    bucket =
        ExpressBucket.open(
            name,
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            ExpressOptions.defaults().endpoint(zone.endpoint()));
  }

  @AfterEach
  void stop() {
    bucket.close();
    server.close();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String stored(String key) {
    return new String(zone.bytes(name, key), StandardCharsets.UTF_8);
  }

  private long sent(String operation) {
    return zone.requests().stream()
        .filter(request -> request.operation().equals(operation))
        .count();
  }

  @Test
  void smallWritesShareAnAppend() throws Exception {
    WriteOptions options = WriteOptions.defaults().metadata(Map.of("kind", "log"));
    try (AppendStream log = AppendStream.open(bucket, "app.log", options, 100)) {
      for (int i = 0; i < 50; i++) {
        log.write(text("line\n"));
      }
      assertThat(sent("PutObject")).isLessThanOrEqualTo(2);
      log.flush();
      assertThat(log.storedBytes()).isEqualTo(250);
      assertThat(stored("app.log")).isEqualTo("line\n".repeat(50));
      assertThat(sent("PutObject")).isEqualTo(3);
      log.write('x');
    }
    assertThat(stored("app.log")).isEqualTo("line\n".repeat(50) + "x");
    assertThat(bucket.stat("app.log").get(60, TimeUnit.SECONDS).metadata())
        .isEqualTo(Map.of("kind", "log"));
  }

  @Test
  void aStreamGoesOnWhereTheObjectEnds() throws Exception {
    try (AppendStream log = AppendStream.open(bucket, "app.log")) {
      log.write(text("one,"));
    }
    try (AppendStream log = AppendStream.open(bucket, "app.log")) {
      assertThat(log.storedBytes()).isEqualTo(4);
      log.write(ByteBuffer.wrap(text("two,")));
    }
    assertThat(stored("app.log")).isEqualTo("one,two,");
  }

  @Test
  void aLostAnswerLosesAndDoublesNothing() throws Exception {
    try (AppendStream log = AppendStream.open(bucket, "app.log")) {
      for (int i = 0; i < 20; i++) {
        zone.inject((i % 2 == 0 ? Fault.resetBeforeHead() : Fault.internalError()).on("PutObject"));
        log.write(text(i + ","));
        log.flush();
      }
    }
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      expected.append(i).append(',');
    }
    assertThat(stored("app.log")).isEqualTo(expected.toString());
  }

  @Test
  void afterTenThousandAppendsTheObjectIsMadeOnePiece() throws Exception {
    try (AppendStream log = AppendStream.open(bucket, "app.log")) {
      for (int i = 0; i < MOST_APPENDS + 5; i++) {
        log.write('a' + i % 26);
        log.flush();
      }
    }
    byte[] all = zone.bytes(name, "app.log");
    assertThat(all).hasSize(MOST_APPENDS + 5);
    for (int i = 0; i < all.length; i++) {
      assertThat(all[i]).isEqualTo((byte) ('a' + i % 26));
    }
    assertThat(sent("CopyObject")).isEqualTo(1);
    assertThat(BucketListing.of(bucket)).extracting(ObjectInfo::key).containsExactly("app.log");
  }

  @Test
  void anotherWriterIsNoticed() throws Exception {
    AppendStream log = AppendStream.open(bucket, "app.log");
    log.write(text("mine,"));
    log.flush();
    bucket.append("app.log", 5, ByteBuffer.wrap(text("other,"))).get(60, TimeUnit.SECONDS);
    log.write(text("lost,"));
    assertThatThrownBy(log::flush).isInstanceOf(PreconditionFailedException.class);
    assertThatThrownBy(() -> log.write('x')).isInstanceOf(PreconditionFailedException.class);
    log.close();
    assertThat(stored("app.log")).isEqualTo("mine,other,");
  }

  @Test
  void streamsThatCannotWorkAreRefused() {
    WriteOptions options = WriteOptions.defaults();
    assertThatThrownBy(() -> AppendStream.open(bucket, "app.log", options, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AppendStream.open(bucket, "app.log", options.ifAbsent(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
