package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static io.expressway.multiaz.ThreeZones.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.BucketListing;
import io.expressway.ByteRange;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.RenameOptions;
import io.expressway.Slice;
import io.expressway.StandardBucket;
import io.expressway.WriteOptions;
import io.expressway.foreign.ForeignServer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two zones, and a general-purpose bucket as third copy, on a server of another project: what a
 * Region with two Express zones has.
 */
@Tag("one-jdk")
@SuppressWarnings("NullAway.Init") // made by each test
final class ThirdCopyTest {
  private final ThreeZones zones = new ThreeZones();
  private String thirdName;
  private MultiAzBucket bucket;

  @AfterEach
  void close() {
    bucket.close();
    zones.close();
  }

  private void open(WritePolicy policy) throws Exception {
    thirdName = ForeignServer.s3mock().createBucket();
    List<Bucket> copies = new ArrayList<>(zones.newBuckets());
    copies.remove(2).close();
    copies.add(openThird());
    bucket = MultiAzBucket.of(MultiAzOptions.defaults().writes(policy), copies);
  }

  private StandardBucket openThird() throws Exception {
    ForeignServer server = ForeignServer.s3mock();
    return StandardBucket.open(thirdName, server.credentials(), server.options());
  }

  private static byte[] bytes(Bucket from, String key) throws Exception {
    try (Slice slice = await(from.read(key, ByteRange.all()))) {
      byte[] bytes = new byte[(int) slice.length()];
      slice.copyTo(ByteBuffer.wrap(bytes));
      return bytes;
    }
  }

  private void awaitThird(String key, byte[] content) throws Exception {
    try (StandardBucket third = openThird()) {
      ThreeZones.until(
          "the third copy has " + key,
          () -> {
            try {
              return Arrays.equals(bytes(third, key), content);
            } catch (ObjectNotFoundException e) {
              return false;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  static Stream<WritePolicy> policies() {
    return Stream.of(WritePolicy.all(), WritePolicy.quorum(), WritePolicy.primary());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void itHasWhatTheZonesHave(WritePolicy policy) throws Exception {
    open(policy);
    for (int i = 0; i < 3; i++) {
      byte[] content = content(100_000, i);
      ObjectInfo unused =
          await(bucket.write("dir/object", ByteBuffer.wrap(content), WriteOptions.defaults()));
      awaitThird("dir/object", content);
    }
    await(bucket.delete("dir/object"));
    try (StandardBucket third = openThird()) {
      ThreeZones.until(
          "it is deleted there",
          () -> third.stat("dir/object").handle((info, why) -> info == null).join());
    }
    assertThatThrownBy(() -> await(bucket.stat("dir/object")))
        .isInstanceOf(ObjectNotFoundException.class);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void itIsReadWhenBothZonesAreLost(WritePolicy policy) throws Exception {
    open(policy);
    byte[] content = content(300_000, 9);
    ObjectVersion version =
        await(bucket.write("object", ByteBuffer.wrap(content), WriteOptions.defaults())).version();
    awaitThird("object", content);
    zones.zone(0).stop();
    zones.zone(1).stop();
    for (int i = 0; i < 10; i++) {
      assertThat(bytes(bucket, "object")).isEqualTo(content);
    }
    assertThat(await(bucket.stat("object")).version()).isEqualTo(version);
    assertThat(bucket.zones().get(2).zone()).isEqualTo(thirdName);
    assertThat(bucket.zones().get(2).reads()).isPositive();
  }

  @Test
  void underPrimaryItIsBroughtWhatItCannotAppendOrRename() throws Exception {
    open(WritePolicy.primary());
    byte[] content = content(50_000, 3);
    await(bucket.append("log", 0, ByteBuffer.wrap(content, 0, 20_000)));
    await(bucket.append("log", 20_000, ByteBuffer.wrap(content, 20_000, 30_000)));
    awaitThird("log", content);
    await(bucket.rename("log", "log.1", RenameOptions.defaults()));
    awaitThird("log.1", content);
    assertThat(bytes(bucket, "log.1")).isEqualTo(content);
  }

  @Test
  void underAllTheSetSaysThatItCannotAppend() throws Exception {
    open(WritePolicy.all());
    assertThatThrownBy(() -> await(bucket.append("log", 0, ByteBuffer.wrap(content(10, 1)))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(thirdName)
        .hasMessageContaining("WritePolicy.primary()");
  }

  @Test
  void repairBringsItWhatItLacks() throws Exception {
    open(WritePolicy.quorum());
    byte[] content = content(40_000, 5);
    ObjectInfo unused =
        await(bucket.write("a/object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    awaitThird("a/object", content);
    try (StandardBucket third = openThird()) {
      await(third.delete("a/object"));
      Repair.Report report = await(Repair.of(bucket).heal());
      assertThat(report.failed()).isZero();
      assertThat(bytes(third, "a/object")).isEqualTo(content);
      List<String> keys = new ArrayList<>();
      for (ObjectInfo object : BucketListing.of(third)) {
        keys.add(object.key());
      }
      assertThat(keys).containsExactly("a/object");
    }
  }
}
