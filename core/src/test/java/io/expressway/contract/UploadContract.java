package io.expressway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Crc;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectNotFoundException;
import io.expressway.PreconditionFailedException;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link io.expressway.Bucket} does to take an object piece by piece. */
public abstract class UploadContract extends BucketSteps {
  private static final int PART = 5 << 20;
  private static final UploadOptions OPTIONS = UploadOptions.defaults().partSize(PART);

  /** For subclasses. */
  protected UploadContract() {}

  /** Whether uploads in parts are completed under a condition. */
  protected boolean takesConditionalCompletes() {
    return true;
  }

  /** Whether the service refuses to list the parts of an upload that has ended. */
  protected boolean knowsWhichUploadsEnded() {
    return true;
  }

  /** Whether the parts of an upload are listed with their checksums. */
  protected boolean listsPartChecksums() {
    return true;
  }

  /** Whether the service knows this checksum of uploads in parts. */
  protected boolean takesPartChecksum(Crc algorithm) {
    return true;
  }

  static Stream<Arguments> formsAndSizes() {
    return Stream.of(UploadForm.values())
        .flatMap(
            form ->
                Stream.of(0, 1, 70_001, PART, PART + 1, 2 * PART, 13_000_001)
                    .map(size -> Arguments.of(form, size)));
  }

  @ParameterizedTest
  @MethodSource("formsAndSizes")
  void everyFormStoresEverySize(UploadForm form, int size) throws Exception {
    byte[] content = Content.of(size);
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      CompletableFuture<Void> given = form.give(upload, content);
      CompletableFuture<ObjectInfo> complete = upload.complete();
      await(given);
      ObjectInfo info = await(complete);
      assertThat(info.key()).isEqualTo("dir/object");
      assertThat(info.size()).isEqualTo(size);
      assertThat(info.version()).isEqualTo(await(bucket.stat("dir/object")).version());
      assertThat(upload.offset()).isEqualTo(size);
    }
    assertHolds("dir/object", content);
  }

  @ParameterizedTest
  @EnumSource
  void eachChecksumIsVerifiedForPartsAndWhole(Crc algorithm) throws Exception {
    if (!takesPartChecksum(algorithm)) {
      return;
    }
    byte[] content = Content.of(12_345_678);
    WriteOptions how = WriteOptions.defaults().checksum(algorithm);
    try (Upload upload = bucket.upload("object", OPTIONS.storedWith(how))) {
      await(UploadForm.WRITE_DIRECT.give(upload, content));
      await(upload.complete());
    }
    assertHolds("object", content);
  }

  @Test
  void severalWritesAreTakenInTheirOrder() throws Exception {
    byte[] content = Content.of(4 * PART + 17);
    try (Upload upload = bucket.upload("object", OPTIONS.partsInFlight(2))) {
      ByteBuffer memory = ByteBuffer.allocateDirect(content.length).put(content).flip();
      CompletableFuture<Void> one = upload.write(memory.slice(0, 1_000_000));
      CompletableFuture<Void> two = upload.lend(memory.slice(1_000_000, 2 * PART));
      CompletableFuture<Void> three =
          upload.write(memory.slice(1_000_000 + 2 * PART, content.length - 1_000_000 - 2 * PART));
      CompletableFuture<ObjectInfo> stored = upload.complete();
      await(one);
      await(two);
      await(three);
      await(stored);
    }
    assertHolds("object", content);
  }

  @Test
  void whatDescribesTheObjectIsStoredWithParts() throws Exception {
    WriteOptions how =
        WriteOptions.defaults().contentType("text/plain").metadata(Map.of("owner", "me"));
    try (Upload upload = bucket.upload("object", OPTIONS.storedWith(how))) {
      await(UploadForm.WRITE_DIRECT.give(upload, Content.of(PART + 1)));
      assertThat(await(upload.complete()).metadata()).isEqualTo(Map.of("owner", "me"));
    }
    ObjectInfo info = await(bucket.stat("object"));
    assertThat(info.contentType()).contains("text/plain");
    assertThat(info.metadata()).isEqualTo(Map.of("owner", "me"));
  }

  static List<Integer> smallAndLarge() {
    return List.of(100, PART + 1);
  }

  @ParameterizedTest
  @MethodSource("smallAndLarge")
  void conditionsHoldWhenTheObjectIsComplete(int size) throws Exception {
    if (size > PART && !takesConditionalCompletes()) {
      return;
    }
    UploadOptions ifAbsent = OPTIONS.storedWith(WriteOptions.defaults().ifAbsent());
    try (Upload late = bucket.upload("dir/object", ifAbsent)) {
      await(UploadForm.WRITE_DIRECT.give(late, Content.of(size, 1)));
      store("dir/object", Content.of(10, 2));
      failure(PreconditionFailedException.class, late.complete());
      failure(PreconditionFailedException.class, late.write(ByteBuffer.allocate(1)));
    }
    assertHolds("dir/object", Content.of(10, 2));
    ObjectInfo there = await(bucket.stat("dir/object"));
    WriteOptions ifThere = WriteOptions.defaults().ifVersion(there.version());
    try (Upload upload = bucket.upload("dir/object", OPTIONS.storedWith(ifThere))) {
      await(UploadForm.WRITE_DIRECT.give(upload, Content.of(size, 3)));
      await(upload.complete());
    }
    assertHolds("dir/object", Content.of(size, 3));
  }

  @ParameterizedTest
  @MethodSource("smallAndLarge")
  void whatIsNotCompletedLeavesNothing(int size) throws Exception {
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      await(UploadForm.WRITE_DIRECT.give(upload, Content.of(size)));
    }
    assertNothingStays();
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      await(UploadForm.WRITE_DIRECT.give(upload, Content.of(size)));
      await(upload.abort());
      assertThat(failure(InvalidRequestException.class, upload.write(ByteBuffer.allocate(1))))
          .hasMessageContaining("aborted");
      failure(InvalidRequestException.class, upload.complete());
    }
    assertNothingStays();
  }

  /** Parts in progress show as prefixes in directory buckets. */
  private void assertNothingStays() throws Exception {
    ObjectListing all = await(bucket.list(ListRequest.under("").grouped()));
    assertThat(all.objects()).isEmpty();
    assertThat(all.prefixes()).isEmpty();
  }

  @Test
  void aSizeIsHeldToItsWord() throws Exception {
    for (int declared : new int[] {100, PART + 100}) {
      try (Upload upload = bucket.upload("dir/object", OPTIONS.size(declared))) {
        await(UploadForm.WRITE_DIRECT.give(upload, Content.of(declared - 1)));
        assertThat(failure(InvalidRequestException.class, upload.complete()))
            .hasMessageContaining("declared as " + declared)
            .hasMessageContaining("only " + (declared - 1));
      }
      assertNothingStays();
      try (Upload upload = bucket.upload("dir/object", OPTIONS.size(declared))) {
        await(UploadForm.WRITE_DIRECT.give(upload, Content.of(declared - 1)));
        assertThat(failure(InvalidRequestException.class, upload.write(ByteBuffer.allocate(2))))
            .hasMessageContaining("declared as " + declared)
            .hasMessageContaining("at least " + (declared + 1));
      }
      assertNothingStays();
      try (Upload upload = bucket.upload("dir/object", OPTIONS.size(declared))) {
        await(UploadForm.WRITE_DIRECT.give(upload, Content.of(declared)));
        await(upload.complete());
      }
      assertHolds("dir/object", Content.of(declared));
      await(bucket.delete("dir/object"));
    }
  }

  @Test
  void whatIsCompleteTakesNoMore() throws Exception {
    try (Upload upload = bucket.upload("object", OPTIONS)) {
      await(upload.write(ByteBuffer.wrap(Content.of(10))));
      await(upload.complete());
      failure(InvalidRequestException.class, upload.write(ByteBuffer.allocate(1)));
      failure(InvalidRequestException.class, upload.complete());
      failure(InvalidRequestException.class, upload.pause());
    }
    assertHolds("object", Content.of(10));
  }

  @Test
  void impossibleUploadsAreRefused() {
    assertThatThrownBy(() -> bucket.upload("", OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key must");
    assertThatThrownBy(() -> UploadOptions.defaults().partSize(PART - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 MiB");
    assertThatThrownBy(() -> UploadOptions.defaults().size(1L << 60))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("50 TB");
    assertThatThrownBy(() -> UploadOptions.defaults().partsInFlight(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @SuppressWarnings("NullAway") // callers without a checker pass null
  void nothingIsNoBytes() throws Exception {
    assertThatThrownBy(() -> bucket.write("object", (ByteBuffer) null, WriteOptions.defaults()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("an empty buffer stores an empty object");
    try (Upload upload = bucket.upload("object", OPTIONS)) {
      assertThatThrownBy(() -> upload.write((ByteBuffer) null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> upload.lend(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> upload.write((Flow.Publisher<ByteBuffer>) null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> upload.write(null, 0, 0)).isInstanceOf(NullPointerException.class);
      await(upload.write(ByteBuffer.allocate(0)));
      assertThat(await(upload.complete()).size()).as("an empty object").isZero();
    }
    assertHolds("object", new byte[0]);
  }

  @Test
  void aSourceThatFailsStoresNothing() throws Exception {
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      CompletableFuture<Void> taken =
          upload.write(
              subscriber -> {
                subscriber.onSubscribe(new NoDemand());
                subscriber.onNext(ByteBuffer.allocate(PART + 1));
                subscriber.onError(new IllegalStateException("the disk is gone"));
              });
      assertThat(failure(InvalidRequestException.class, taken))
          .hasMessageContaining("the disk is gone");
      failure(InvalidRequestException.class, upload.complete());
    }
    assertNothingStays();
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      assertThatThrownBy(
              () -> {
                try (OutputStream stream = upload.stream()) {
                  stream.write(Content.of(PART + 1));
                  throw new IllegalStateException("the writer failed");
                }
              })
          .hasMessageContaining("the writer failed");
    }
    assertNothingStays();
  }

  private static final class NoDemand implements java.util.concurrent.Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }

  @Test
  void progressAddsUp() throws Exception {
    AtomicLong stored = new AtomicLong();
    byte[] content = Content.of(3 * PART + 5);
    UploadOptions told =
        OPTIONS.progress(
            (storedBytes, givenBytes) -> {
              assertThat(storedBytes).isGreaterThan(stored.getAndSet(storedBytes));
              assertThat(givenBytes).isBetween(storedBytes, (long) content.length);
            });
    try (Upload upload = bucket.upload("object", told)) {
      await(UploadForm.WRITE_DIRECT.give(upload, content));
      await(upload.complete());
    }
    assertThat(stored.get()).isEqualTo(content.length);
  }

  @Test
  void aPausedUploadGoesOnWhereItEnded() throws Exception {
    byte[] content = Content.of(3 * PART + 1000);
    UploadToken token;
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      await(upload.write(ByteBuffer.wrap(content, 0, 2 * PART + 50)));
      token = UploadToken.parse(await(upload.pause()).toString());
    }
    failure(ObjectNotFoundException.class, bucket.stat("dir/object"));
    try (Upload resumed = await(bucket.resume(token, OPTIONS))) {
      int from = (int) resumed.offset();
      assertThat(from).isEqualTo(listsPartChecksums() ? 2 * PART : 0);
      await(resumed.write(ByteBuffer.wrap(content, from, content.length - from)));
      assertThat(await(resumed.complete()).size()).isEqualTo(content.length);
    }
    assertHolds("dir/object", content);
    if (knowsWhichUploadsEnded()) {
      assertThat(failure(ExpressException.class, bucket.resume(token, OPTIONS)))
          .isInstanceOfAny(ObjectNotFoundException.class, InvalidRequestException.class);
    }
  }

  @Test
  void aResumedUploadSendsOnlyWhatDiffers() throws Exception {
    if (!listsPartChecksums()) {
      return;
    }
    byte[] content = Content.of(3 * PART);
    UploadToken token;
    try (Upload upload = bucket.upload("object", OPTIONS)) {
      await(upload.write(ByteBuffer.wrap(content)));
      token = await(upload.pause());
    }
    byte[] longer = Arrays.copyOf(content, content.length + 100);
    try (Upload resumed = await(bucket.resume(token, OPTIONS))) {
      assertThat(resumed.offset()).isEqualTo(content.length);
      await(resumed.write(ByteBuffer.wrap(longer, content.length, 100)));
      await(resumed.complete());
    }
    assertHolds("object", longer);
  }

  @Test
  void staleUploadsAreFoundAndAborted() throws Exception {
    try (Upload upload = bucket.upload("dir/sub/object", OPTIONS)) {
      await(upload.token());
      Instant soon = Instant.now().plusSeconds(60);
      assertThat(await(bucket.abortUploads("other/", soon))).isZero();
      assertThat(await(bucket.abortUploads("dir/", Instant.EPOCH))).isZero();
      assertThat(await(bucket.abortUploads("dir/", soon))).isEqualTo(1);
      await(UploadForm.WRITE_DIRECT.give(upload, Content.of(100)));
      assertNothingStays();
    }
    assertThatThrownBy(() -> bucket.abortUploads("di", Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("di");
  }

  @Test
  void aTokenBelongsToItsBucket() {
    UploadToken other =
        UploadToken.parse(
            "expressway-upload-1 other--usw2-az1--x-s3 key id CRC32C 8388608 8388608");
    assertThatThrownBy(() -> bucket.resume(other, OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other--usw2-az1--x-s3");
    assertThatThrownBy(() -> UploadToken.parse("hello"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
