package io.expressway.foreign;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The faults of Toxiproxy between our wire and a zone. Whatever it does, a read has the right bytes
 * or fails with an error that names what it was about, and the bucket works again afterwards; that
 * nothing leaks is what {@code NoLeaks} looks for.
 */
@Tag("on-demand")
final class ToxiproxyTest {
  private static final String KEY = "poisoned/object";
  private ZonalServer server;
  private Toxiproxy proxy;

  /** With the usual deadlines. */
  private Bucket bucket;

  /** For what is to fail. */
  private Bucket hasty;

  private byte[] content;

  @BeforeEach
  void open() throws Exception {
    content = new byte[1 << 20];
    new Random(11).nextBytes(content);
    server = ZonalServer.builder().zones("usw2-az1").bucket("toxic").start();
    Zone zone = server.zone("usw2-az1");
    proxy = new Toxiproxy(zone.endpoint());
    bucket = open(zone, ExpressOptions.defaults());
    hasty =
        open(
            zone,
            ExpressOptions.defaults()
                .firstByteTimeout(Duration.ofMillis(250))
                .idleTimeout(Duration.ofMillis(250))
                .readDeadline(Duration.ofSeconds(1))
                .writeDeadline(Duration.ofSeconds(1)));
    store(content);
  }

  private Bucket open(Zone zone, ExpressOptions options) {
    Credentials identity = Credentials.of(server.accessKeyId(), server.secretAccessKey());
    return ExpressBucket.open(zone.bucket(), identity, options.endpoint(proxy.endpoint()));
  }

  @AfterEach
  void close() throws Exception {
    if (bucket != null) {
      bucket.close();
    }
    if (hasty != null) {
      hasty.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    server.close();
  }

  @ParameterizedTest(name = "{1} {0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "downstream | latency    | \"latency\":40,\"jitter\":10",
        "upstream   | latency    | \"latency\":40,\"jitter\":10",
        "downstream | slow_close | \"delay\":200",
        "downstream | bandwidth  | \"rate\":4000",
        "downstream | slicer     | \"average_size\":700,\"size_variation\":300,\"delay\":20",
        "upstream   | slicer     | \"average_size\":7,\"size_variation\":3,\"delay\":20",
      })
  void whatOnlyDelaysIsReadInFull(String stream, String type, String attributes) throws Exception {
    proxy.poison(stream, type, attributes);
    assertReads(ByteRange.all());
    assertReads(ByteRange.of(70_001, 4096));
    assertReads(ByteRange.last(3));
  }

  /** 1 MiB takes four connections of 300,000 bytes: each goes on where the last one broke off. */
  @Test
  void whatBreaksOffGoesOnFromItsLastByte() throws Exception {
    proxy.poison("downstream", "limit_data", "\"bytes\":300000");
    assertReads(ByteRange.all());
  }

  @ParameterizedTest(name = "{1} {0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "downstream | timeout    | \"timeout\":0",
        "downstream | timeout    | \"timeout\":100",
        "upstream   | timeout    | \"timeout\":0",
        "downstream | reset_peer | \"timeout\":0",
        "downstream | reset_peer | \"timeout\":100",
        "upstream   | reset_peer | \"timeout\":0",
        "downstream | limit_data | \"bytes\":100",
        "downstream | latency    | \"latency\":60000",
        "downstream | bandwidth  | \"rate\":0",
      })
  void whatNothingGetsThroughFailsWithItsNameAndHeals(String stream, String type, String attributes)
      throws Exception {
    proxy.poison(stream, type, attributes);
    Throwable failure = failure(hasty.read(KEY, ByteRange.of(0, 100_000)));
    assertThat(failure).isInstanceOf(ExpressException.class);
    assertThat(((ExpressException) failure).isZoneFault()).as("%s", failure).isTrue();
    assertThat(failure).hasMessageContaining(bucket.name().toString()).hasMessageContaining(KEY);
    proxy.cure();
    await(hasty.read(KEY, ByteRange.last(10))).close();
    assertReads(ByteRange.all());
  }

  /**
   * Requests that break off in their bodies: the old object stays, or the new one is there, because
   * what a proxy holds back may arrive after the writer gave up; never a part of it.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "limit_data | \"bytes\":300000",
        "timeout    | \"timeout\":100",
        "reset_peer | \"timeout\":0",
        "bandwidth  | \"rate\":10",
      })
  void aWriteThatBreaksOffLeavesOneOrTheOther(String type, String attributes) throws Exception {
    proxy.poison("upstream", type, attributes);
    byte[] other = new byte[1 << 20];
    Throwable failure = failure(hasty.write(KEY, ByteBuffer.wrap(other), WriteOptions.defaults()));
    assertThat(failure).isInstanceOf(ExpressException.class).hasMessageContaining(KEY);
    proxy.cure();
    try (Slice slice = await(bucket.read(KEY, ByteRange.all()))) {
      byte[] found = slice.toByteArray();
      assertThat(Arrays.equals(found, content) || Arrays.equals(found, other)).isTrue();
    }
    content = other;
    store(other);
    assertReads(ByteRange.all());
  }

  private void store(byte[] bytes) throws Exception {
    await(bucket.write(KEY, ByteBuffer.wrap(bytes), WriteOptions.defaults()));
  }

  private void assertReads(ByteRange range) throws Exception {
    int from =
        range.isSuffix()
            ? content.length - (int) range.length()
            : range.isAll() ? 0 : (int) range.offset();
    int to = range.isBounded() && !range.isSuffix() ? from + (int) range.length() : content.length;
    try (Slice slice = await(bucket.read(KEY, range))) {
      boolean equal = Arrays.equals(slice.toByteArray(), Arrays.copyOfRange(content, from, to));
      assertThat(equal).as("%s", range).isTrue();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> await(future));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    return requireNonNull(thrown.getCause());
  }
}
