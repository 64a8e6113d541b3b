package io.expressway.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.BucketClosedException;
import io.expressway.ByteRange;
import io.expressway.ExpressException;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Bucket} does, whatever it is made of: extend it, open a bucket, and say by the
 * {@code protected} methods where the service behind it is allowed to differ.
 */
public abstract class BucketContract extends WriteContract {
  /** For subclasses. */
  protected BucketContract() {}

  /** Whether a refusal of a range past the end tells how long the object is. */
  protected boolean tellsSizeOfShortObjects() {
    return true;
  }

  /** Whether a listing names the version that the write gave. */
  protected boolean listsVersionsOfWrites() {
    return true;
  }

  static List<Integer> sizes() {
    return Content.SIZES;
  }

  static List<String> refusedKeys() {
    return OddKeys.refused();
  }

  // Reading.

  @ParameterizedTest
  @MethodSource("sizes")
  void everyRangeReadsBackWhatWasWritten(int size) throws Exception {
    byte[] content = Content.of(size);
    ObjectInfo stored = store("object", content);
    List<ByteRange> ranges = size == 0 ? List.of(ByteRange.all()) : Content.rangesOf(size);
    for (ByteRange range : ranges) {
      try (Slice slice = await(bucket.read("object", range))) {
        byte[] expected = Content.cut(content, range);
        assertThat(slice.length()).as("%s", range).isEqualTo(expected.length);
        assertThat(slice.toByteArray()).as("%s", range).isEqualTo(expected);
        assertThat(slice.info().key()).isEqualTo("object");
        assertThat(slice.info().size()).as("%s", range).isEqualTo(size);
        assertThat(slice.info().version()).as("%s", range).isEqualTo(stored.version());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void rangesThatBeginPastTheEndAreNotSatisfiable(int size) throws Exception {
    store("object", Content.of(size));
    for (ByteRange range : Content.rangesPast(size)) {
      RangeNotSatisfiableException failure =
          failure(RangeNotSatisfiableException.class, bucket.read("object", range));
      assertThat(failure).hasMessageContaining("object").hasMessageContaining(range.toString());
      assertTellsSize(failure, size);
    }
  }

  private void assertTellsSize(RangeNotSatisfiableException failure, int size) {
    assertThat(failure.objectSize())
        .isIn(tellsSizeOfShortObjects() ? List.of((long) size) : List.of((long) size, -1L));
  }

  @Test
  void anEmptyObjectHasNoLastBytes() throws Exception {
    store("empty", new byte[0]);
    failure(RangeNotSatisfiableException.class, bucket.read("empty", ByteRange.last(10)));
  }

  @Test
  void readingWhatIsNotThereNamesBucketAndKey() {
    ObjectNotFoundException failure =
        failure(ObjectNotFoundException.class, bucket.read("no/such object", ByteRange.of(5, 10)));
    assertThat(failure)
        .hasMessageContaining(bucket.name().toString())
        .hasMessageContaining("no/such object");
    assertThat(failure.site().key()).isEqualTo("no/such object");
    assertThat(failure.isZoneFault()).isFalse();
  }

  @Test
  void readsOfAVersionFailOnceItIsReplaced() throws Exception {
    ObjectVersion old = store("object", Content.of(100, 1)).version();
    ReadRequest request = ReadRequest.of("object", ByteRange.of(10, 20)).ifVersion(old);
    try (Slice slice = await(bucket.read(request))) {
      assertThat(slice.length()).isEqualTo(20);
    }
    ObjectVersion current = store("object", Content.of(100, 2)).version();
    assertThat(current).isNotEqualTo(old);
    failure(PreconditionFailedException.class, bucket.read(request));
    failure(PreconditionFailedException.class, bucket.readInto(request, ByteBuffer.allocate(20)));
    await(bucket.read(request.ifVersion(current))).close();
  }

  @Test
  void whoClaimsAReadSaysWhatItIsOf() throws Exception {
    byte[] content = Content.of(300_000);
    ObjectInfo stored = store("object", content);
    List<ObjectInfo> asked = new ArrayList<>();
    ObjectInfo told = new ObjectInfo("object", 300_000, new ObjectVersion("ours"), Instant.EPOCH);
    ReadRequest request =
        ReadRequest.of("object", ByteRange.of(5, 250_000))
            .claimedBy(
                found -> {
                  asked.add(found);
                  return told;
                });
    try (Slice slice = await(bucket.read(request))) {
      assertThat(slice.info()).isSameAs(told);
      assertThat(slice.toByteArray()).isEqualTo(Content.cut(content, ByteRange.of(5, 250_000)));
    }
    ByteBuffer target = ByteBuffer.allocateDirect(250_000);
    assertThat(await(bucket.readInto(request, target))).isSameAs(told);
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content, 5, 250_000));
    assertThat(asked).hasSize(2).allMatch(found -> found.version().equals(stored.version()));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 300_000})
  void aReadThatIsNotClaimedPlacesNothing(int size) throws Exception {
    store("object", Content.of(size));
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, size)).claimedBy(found -> null);
    assertThatThrownBy(() -> await(bucket.read(request))).isInstanceOf(CancellationException.class);
    ByteBuffer target = ByteBuffer.allocateDirect(size);
    assertThatThrownBy(() -> await(bucket.readInto(request, target)))
        .isInstanceOf(CancellationException.class);
    assertThat(target).isEqualTo(ByteBuffer.allocate(size));
    await(bucket.read("object", ByteRange.all())).close();
  }

  /** How much is shown, and whether anything is, is the bucket's choice. */
  @Test
  void whatIsShownOfAReadIsItsBeginning() throws Exception {
    byte[] content = Content.of(3 << 20);
    store("object", content);
    ByteRange range = ByteRange.of(11, 3_000_000);
    Queue<byte[]> shown = new ConcurrentLinkedQueue<>();
    ReadRequest request =
        ReadRequest.of("object", range)
            .watchedBy(
                soFar -> {
                  try (soFar) {
                    shown.add(soFar.toByteArray());
                  }
                });
    try (Slice slice = await(bucket.read(request))) {
      assertThat(slice.toByteArray()).isEqualTo(Content.cut(content, range));
    }
    assertThat(shown)
        .allSatisfy(
            bytes ->
                assertThat(bytes).isEqualTo(Content.cut(content, ByteRange.of(11, bytes.length))));
    assertThat(shown).extracting(bytes -> bytes.length).isSorted();
  }

  /** The same of a read into the caller's memory: what is told of is in its place. */
  @Test
  void whatIsToldOfAReadIsInItsPlace() throws Exception {
    byte[] content = Content.of(3 << 20);
    store("object", content);
    ByteRange range = ByteRange.of(11, 3_000_000);
    ByteBuffer target = ByteBuffer.allocateDirect(3_000_000);
    Queue<byte[]> told = new ConcurrentLinkedQueue<>();
    ReadProgress watching =
        new ReadProgress() {
          @Override
          public void onArrived(Slice soFar) {
            soFar.close();
          }

          @Override
          public void onPlaced(ObjectInfo info, long bytes) {
            byte[] first = new byte[(int) bytes];
            target.duplicate().get(0, first);
            told.add(first);
          }
        };
    await(bucket.readInto(ReadRequest.of("object", range).watchedBy(watching), target));
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(Content.cut(content, range)));
    assertThat(told)
        .allSatisfy(
            bytes ->
                assertThat(bytes).isEqualTo(Content.cut(content, ByteRange.of(11, bytes.length))));
    assertThat(told).extracting(bytes -> bytes.length).isSorted();
  }

  @Test
  void twoHundredReadsAtOnceDoNotMix() throws Exception {
    byte[] content = Content.of(1 << 20);
    store("object", content);
    List<ByteRange> ranges =
        IntStream.range(0, 200).mapToObj(i -> ByteRange.of(i * 4099L, 1 + i * 331L)).toList();
    List<CompletableFuture<Slice>> reads =
        ranges.stream().map(range -> bucket.read("object", range)).toList();
    for (int i = 0; i < 200; i++) {
      try (Slice slice = await(reads.get(i))) {
        assertThat(slice.toByteArray()).isEqualTo(Content.cut(content, ranges.get(i)));
      }
    }
  }

  @Test
  void aCancelledReadHarmsNoOther() throws Exception {
    byte[] content = Content.of(1 << 20);
    store("object", content);
    List<CompletableFuture<Slice>> reads =
        IntStream.range(0, 20).mapToObj(i -> bucket.read("object", ByteRange.all())).toList();
    for (int i = 0; i < 20; i += 2) {
      if (!reads.get(i).cancel(true)) {
        await(reads.get(i)).close();
      }
    }
    for (int i = 1; i < 20; i += 2) {
      try (Slice slice = await(reads.get(i))) {
        assertThat(slice.toByteArray()).isEqualTo(content);
      }
    }
  }

  // Reading into the caller's memory.

  @ParameterizedTest
  @EnumSource
  void readIntoFillsFromThePositionAndMovesIt(Memory memory) throws Exception {
    byte[] content = Content.of(300_000);
    store("object", content);
    for (ByteRange range : List.of(ByteRange.of(1000, 70_000), ByteRange.of(5, 9))) {
      ByteBuffer target = memory.room((int) range.length() + 50);
      int start = target.position();
      int limit = target.limit();
      ObjectInfo info = await(bucket.readInto(ReadRequest.of("object", range), target));
      assertThat(info.size()).isEqualTo(content.length);
      assertThat(target.position()).isEqualTo(start + (int) range.length());
      assertThat(target.limit()).isEqualTo(limit);
      assertThat(Content.bytes(target)).containsOnly(0);
      assertThat(Content.bytes(target.duplicate().flip().position(start)))
          .isEqualTo(Content.cut(content, range));
      assertThat(Content.bytes(target.duplicate().position(0).limit(start)))
          .doesNotContain(1, 2, 3);
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void readIntoTakesRangesWhoseLengthOnlyTheAnswerTells(int size) throws Exception {
    byte[] content = Content.of(size);
    store("object", content);
    ByteBuffer target = ByteBuffer.allocateDirect(size + 1);
    await(bucket.readInto(ReadRequest.of("object", ByteRange.all()), target));
    assertThat(Content.bytes(target.flip())).isEqualTo(content);
  }

  @Test
  void readIntoRefusesTargetsThatCannotWork() throws Exception {
    store("object", Content.of(100));
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, 100));
    assertThatThrownBy(() -> bucket.readInto(request, ByteBuffer.allocate(99)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("99")
        .hasMessageContaining("100");
    assertThatThrownBy(() -> bucket.readInto(request, ByteBuffer.allocate(100).asReadOnlyBuffer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("read-only");
  }

  @Test
  void readIntoFailsWhenTheAnswerIsLongerThanTheTarget() throws Exception {
    store("object", Content.of(100));
    ByteBuffer target = ByteBuffer.allocateDirect(80).position(3);
    ExpressException failure =
        failure(
            ExpressException.class,
            bucket.readInto(ReadRequest.of("object", ByteRange.from(10)), target));
    assertThat(failure).hasMessageContaining("90").hasMessageContaining("77");
    assertThat(target.position()).isEqualTo(3);
  }

  @Test
  void readIntoThatFailsLeavesThePosition() throws Exception {
    ByteBuffer target = ByteBuffer.allocate(50).position(7);
    failure(
        ObjectNotFoundException.class,
        bucket.readInto(ReadRequest.of("missing", ByteRange.of(0, 10)), target));
    assertThat(target.position()).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void readIntoFillsSeveralBuffersInOrder(Memory memory) throws Exception {
    byte[] content = Content.of(3_000_000);
    store("object", content);
    for (int first : List.of(0, 1, 4095, 300_000)) {
      ByteRange range = ByteRange.of(77, 1_000_000);
      List<ByteBuffer> targets =
          Stream.of(first, 70_000, 3, 0, 500_000, 600_000).map(memory::room).toList();
      List<Integer> starts = targets.stream().map(ByteBuffer::position).toList();
      ObjectInfo info = await(bucket.readInto(ReadRequest.of("object", range), targets));
      assertThat(info.size()).isEqualTo(content.length);
      assertThat(joined(targets, starts)).isEqualTo(Content.cut(content, range));
    }
  }

  private static byte[] joined(List<ByteBuffer> targets, List<Integer> starts) {
    ByteBuffer joined = ByteBuffer.allocate(targets.stream().mapToInt(ByteBuffer::position).sum());
    for (int i = 0; i < targets.size(); i++) {
      joined.put(targets.get(i).duplicate().flip().position(starts.get(i)));
    }
    return Content.bytes(joined.flip());
  }

  @Test
  void readIntoSeveralBuffersTakesWholeObjects() throws Exception {
    byte[] content = Content.of(100_000);
    store("object", content);
    List<ByteBuffer> targets =
        List.of(ByteBuffer.allocateDirect(99_999), ByteBuffer.allocateDirect(50));
    await(bucket.readInto(ReadRequest.of("object", ByteRange.all()), targets));
    assertThat(joined(targets, List.of(0, 0))).isEqualTo(content);
  }

  @Test
  void readIntoRefusesSeveralBuffersThatCannotWork() throws Exception {
    store("object", Content.of(100));
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, 100));
    ByteBuffer half = ByteBuffer.allocateDirect(50);
    assertThatThrownBy(() -> bucket.readInto(request, List.of(half, ByteBuffer.allocate(49))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> bucket.readInto(request, List.of(half, half.asReadOnlyBuffer())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("read-only");
    ExpressException failure =
        failure(
            ExpressException.class,
            bucket.readInto(ReadRequest.of("object", ByteRange.all()), List.of(half)));
    assertThat(failure).hasMessageContaining("100").hasMessageContaining("50");
    assertThat(half.position()).isZero();
  }

  // Reading several ranges.

  static List<List<ByteRange>> vectors() {
    return List.of(
        List.of(),
        List.of(ByteRange.of(10, 20)),
        List.of(ByteRange.of(0, 100), ByteRange.of(100, 100), ByteRange.of(200, 50)),
        List.of(ByteRange.of(0, 1000), ByteRange.of(500, 1000), ByteRange.of(600, 10)),
        List.of(ByteRange.of(7, 70), ByteRange.of(7, 70), ByteRange.of(7, 70)),
        List.of(ByteRange.of(900_000, 5), ByteRange.of(3, 5), ByteRange.of(450_000, 5)),
        List.of(ByteRange.of(0, 10), ByteRange.of(300_000, 10), ByteRange.of(2_999_000, 10)),
        List.of(ByteRange.of(2_999_990, 5), ByteRange.of(2_999_993, 5000)),
        List.of(
            ByteRange.last(100), ByteRange.from(2_999_000), ByteRange.all(), ByteRange.of(0, 1)));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readAllAnswersEachRangeInItsPlace(List<ByteRange> ranges) throws Exception {
    byte[] content = Content.of(3_000_000);
    store("object", content);
    List<CompletableFuture<Slice>> reads = bucket.readAll("object", ranges);
    assertThat(reads).hasSameSizeAs(ranges);
    for (int i = 0; i < ranges.size(); i++) {
      try (Slice slice = await(reads.get(i))) {
        assertThat(slice.toByteArray())
            .as("%s", ranges.get(i))
            .isEqualTo(Content.cut(content, ranges.get(i)));
        assertThat(slice.info().size()).isEqualTo(content.length);
      }
    }
  }

  @Test
  void readAllFailsOnlyTheRangesPastTheEnd() throws Exception {
    byte[] content = Content.of(1000);
    store("object", content);
    List<CompletableFuture<Slice>> reads =
        bucket.readAll(
            "object",
            List.of(
                ByteRange.of(990, 100),
                ByteRange.of(1000, 10),
                ByteRange.of(0, 5),
                ByteRange.of(5_000_000, 10),
                ByteRange.of(5_000_020, 10)));
    try (Slice cutShort = await(reads.get(0));
        Slice whole = await(reads.get(2))) {
      assertThat(cutShort.toByteArray()).isEqualTo(Content.cut(content, ByteRange.from(990)));
      assertThat(whole.length()).isEqualTo(5);
    }
    for (int past : List.of(1, 3, 4)) {
      assertTellsSize(failure(RangeNotSatisfiableException.class, reads.get(past)), 1000);
    }
  }

  @Test
  void slicesOfOneVectoredReadAreClosedOnTheirOwn() throws Exception {
    byte[] content = Content.of(10_000);
    store("object", content);
    List<CompletableFuture<Slice>> reads =
        bucket.readAll("object", List.of(ByteRange.of(0, 100), ByteRange.of(200, 100)));
    await(reads.get(0)).close();
    try (Slice second = await(reads.get(1))) {
      assertThat(second.toByteArray()).isEqualTo(Content.cut(content, ByteRange.of(200, 100)));
    }
  }

  @Test
  void readAllOfWhatIsNotThereFailsEachRange() {
    for (CompletableFuture<Slice> read :
        bucket.readAll("missing", List.of(ByteRange.of(0, 10), ByteRange.of(20, 10)))) {
      failure(ObjectNotFoundException.class, read);
    }
  }

  // What is known of an object.

  @Test
  void statTellsWhatWasStored() throws Exception {
    Map<String, String> metadata = Map.of("Owner", "me  & you", "x.y_z-1", "2");
    ObjectInfo stored =
        await(
            bucket.write(
                "dir/object",
                ByteBuffer.wrap(Content.of(1234)),
                WriteOptions.defaults().contentType("text/plain").metadata(metadata)));
    ObjectInfo info = await(bucket.stat("dir/object"));
    assertThat(await(bucket.statOnce("dir/object"))).isEqualTo(info);
    assertThat(info.key()).isEqualTo("dir/object");
    assertThat(info.size()).isEqualTo(1234);
    assertThat(info.version()).isEqualTo(stored.version());
    assertThat(info.contentType()).contains("text/plain");
    assertThat(info.metadata()).isEqualTo(Map.of("owner", "me  & you", "x.y_z-1", "2"));
    try (Slice slice = await(bucket.read("dir/object", ByteRange.of(0, 10)))) {
      assertThat(slice.info()).isEqualTo(info);
    }
  }

  @Test
  void statOfWhatIsNotThereNamesBucketAndKey() {
    assertThat(failure(ObjectNotFoundException.class, bucket.stat("no/such object")))
        .hasMessageContaining(bucket.name().toString())
        .hasMessageContaining("no/such object");
  }

  // Writing and deleting.

  @ParameterizedTest
  @EnumSource
  void writeStoresFromPositionToLimitAndMovesNeither(Memory memory) throws Exception {
    byte[] content = Content.of(100_000);
    for (boolean readOnly : List.of(false, true)) {
      ByteBuffer writable = memory.holding(content);
      ByteBuffer body = readOnly ? writable.asReadOnlyBuffer() : writable;
      int position = body.position();
      ObjectInfo info = await(bucket.write("object", body, WriteOptions.defaults()));
      assertThat(info.key()).isEqualTo("object");
      assertThat(info.size()).isEqualTo(content.length);
      assertThat(body.position()).isEqualTo(position);
      assertThat(body.remaining()).isEqualTo(content.length);
      assertHolds("object", content);
    }
  }

  @Test
  void anObjectIsReplacedWhole() throws Exception {
    store("object", Content.of(5000, 1));
    store("object", Content.of(100, 2));
    assertHolds("object", Content.of(100, 2));
  }

  @Test
  void writeIfAbsentKeepsWhatIsThere() throws Exception {
    WriteOptions ifAbsent = WriteOptions.defaults().ifAbsent();
    await(bucket.write("object", ByteBuffer.wrap(Content.of(10, 1)), ifAbsent));
    assertThat(
            failure(
                PreconditionFailedException.class,
                bucket.write("object", ByteBuffer.wrap(Content.of(10, 2)), ifAbsent)))
        .hasMessageContaining("object");
    assertHolds("object", Content.of(10, 1));
  }

  @Test
  void writeIfVersionReplacesThatVersionOnly() throws Exception {
    WriteOptions first =
        WriteOptions.defaults().ifVersion(store("object", Content.of(10, 1)).version());
    await(bucket.write("object", ByteBuffer.wrap(Content.of(10, 2)), first));
    failure(
        PreconditionFailedException.class,
        bucket.write("object", ByteBuffer.wrap(Content.of(10, 3)), first));
    assertHolds("object", Content.of(10, 2));
  }

  @Test
  void writeIfVersionNeedsAnObject() throws Exception {
    WriteOptions options =
        WriteOptions.defaults().ifVersion(store("other", Content.of(10)).version());
    assertThat(
            failure(
                ExpressException.class,
                bucket.write("object", ByteBuffer.wrap(Content.of(10)), options)))
        .isInstanceOfAny(ObjectNotFoundException.class, PreconditionFailedException.class);
    failure(ObjectNotFoundException.class, bucket.stat("object"));
  }

  @Test
  void deleteRemovesAndMayBeRepeated() throws Exception {
    store("object", Content.of(10));
    await(bucket.delete("object"));
    failure(ObjectNotFoundException.class, bucket.stat("object"));
    await(bucket.delete("object"));
    await(bucket.delete("never there"));
  }

  // Listing.

  @Test
  void anEmptyBucketListsNothing() throws Exception {
    ObjectListing listing = await(bucket.list(ListRequest.under("")));
    assertThat(listing.objects()).isEmpty();
    assertThat(listing.prefixes()).isEmpty();
    assertThat(listing.nextToken()).isEmpty();
  }

  @Test
  void pagesListEachObjectOnce() throws Exception {
    Map<String, ObjectInfo> stored = new HashMap<>();
    for (int i = 0; i < 23; i++) {
      String key = "dir" + i % 3 + "/object " + i;
      stored.put(key, store(key, Content.of(i)));
    }
    List<ObjectInfo> listed = new ArrayList<>();
    for (ObjectListing page : pages(ListRequest.under("").pageSize(5))) {
      assertThat(page.objects()).hasSizeLessThanOrEqualTo(5);
      listed.addAll(page.objects());
    }
    List<String> keys = listed.stream().map(ObjectInfo::key).toList();
    assertThat(keys).containsExactlyInAnyOrderElementsOf(stored.keySet());
    assertThat(listed)
        .allSatisfy(
            info ->
                assertThat(requireNonNull(stored.get(info.key())).size()).isEqualTo(info.size()));
    if (listsVersionsOfWrites()) {
      assertThat(listed)
          .allSatisfy(
              info ->
                  assertThat(requireNonNull(stored.get(info.key())).version())
                      .isEqualTo(info.version()));
    }
    if (!isDirectoryBucket()) {
      assertThat(keys).isSorted();
    }
  }

  @Test
  void groupedListingsGiveDirectories() throws Exception {
    for (String key : List.of("a/1", "a/2", "a/deep/3", "b/4", "c", "a/deep/er/5")) {
      store(key, Content.of(1));
    }
    ObjectListing top = await(bucket.list(ListRequest.under("").grouped()));
    assertThat(keys(top)).containsExactly("c");
    assertThat(top.prefixes()).containsExactlyInAnyOrder("a/", "b/");
    ObjectListing below = await(bucket.list(ListRequest.under("a/").grouped()));
    assertThat(keys(below)).containsExactlyInAnyOrder("a/1", "a/2");
    assertThat(below.prefixes()).containsExactly("a/deep/");
    ObjectListing all = await(bucket.list(ListRequest.under("a/")));
    assertThat(keys(all)).containsExactlyInAnyOrder("a/1", "a/2", "a/deep/3", "a/deep/er/5");
    assertThat(all.prefixes()).isEmpty();
    assertThat(keys(await(bucket.list(ListRequest.under("nothing/"))))).isEmpty();
  }

  @Test
  void directoryBucketsListWholeDirectoriesOnly() throws Exception {
    store("logs/2026", Content.of(1));
    if (isDirectoryBucket()) {
      assertThatThrownBy(() -> bucket.list(ListRequest.under("logs/20")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"logs/20\"")
          .hasMessageContaining("\"logs/\"");
    } else {
      assertThat(keys(await(bucket.list(ListRequest.under("logs/20")))))
          .containsExactly("logs/2026");
    }
  }

  // Keys.

  @TestFactory
  Stream<DynamicTest> oddKeysAreKept() {
    return Stream.of(OddKeys.permitted(), OddKeys.longest())
        .flatMap(List::stream)
        .filter(this::takesKey)
        .map(key -> DynamicTest.dynamicTest(shown(key), () -> assertKeepsKey(key)));
  }

  private static String shown(String key) {
    return key.length() > 60
        ? "\"" + key.substring(0, 20) + "...\""
        : "\"" + key.replaceAll("\\p{Cntrl}", "^") + "\"";
  }

  private void assertKeepsKey(String key) throws Exception {
    byte[] content = Content.of(100, key.hashCode());
    store(key, content);
    assertHolds(key, content);
    assertThat(await(bucket.stat(key)).key()).isEqualTo(key);
    assertThat(keys(await(bucket.list(ListRequest.under(""))))).containsExactly(key);
    await(bucket.delete(key));
    assertThat(keys(await(bucket.list(ListRequest.under(""))))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("refusedKeys")
  void impossibleKeysAreRefusedBeforeAnyRequest(String key) {
    ReadRequest request = ReadRequest.of(key, ByteRange.of(0, 1));
    assertRefused(() -> bucket.read(request));
    assertRefused(() -> bucket.readInto(request, ByteBuffer.allocate(1)));
    assertRefused(() -> bucket.readAll(key, List.of(ByteRange.of(0, 1))));
    assertRefused(() -> bucket.stat(key));
    assertRefused(() -> bucket.statOnce(key));
    assertRefused(() -> bucket.write(key, ByteBuffer.allocate(1), WriteOptions.defaults()));
    assertRefused(() -> bucket.delete(key));
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key must");
  }

  // Lent memory.

  @Test
  @SuppressWarnings("try") // closing early is the point
  void lentMemoryStaysUntilItsLastSliceCloses() throws Exception {
    byte[] content = Content.of(50_000);
    store("object", content);
    Slice whole = await(bucket.read("object", ByteRange.of(0, 50_000)));
    try (Slice part = whole.slice(1000, 30_000);
        Slice partOfPart = part.slice(500, 10)) {
      whole.close();
      whole.close();
      assertThat(part.toByteArray()).isEqualTo(Content.cut(content, ByteRange.of(1000, 30_000)));
      part.close();
      assertThat(partOfPart.toByteArray()).isEqualTo(Content.cut(content, ByteRange.of(1500, 10)));
      assertThatThrownBy(() -> part.slice(0, 30_001)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aClosedSliceThrowsInsteadOfShowingOtherBytes() throws Exception {
    store("object", Content.of(5000));
    Slice slice = await(bucket.read("object", ByteRange.of(0, 5000)));
    InputStream stream = slice.asInputStream();
    assertThat(stream.read()).isBetween(0, 255);
    slice.close();
    assertThat(slice.isOpen()).isFalse();
    Stream.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            slice::buffers,
            slice::toByteArray,
            slice::asInputStream,
            slice::asBytesStore,
            stream::read,
            () -> slice.slice(0, 1),
            () -> slice.copyTo(ByteBuffer.allocate(5000)))
        .forEach(
            use ->
                assertThatThrownBy(use)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed"));
  }

  @Test
  void aSliceShowsItsBytesInEveryForm() throws Exception {
    byte[] content = Content.of(9000);
    store("object", content);
    try (Slice slice = await(bucket.read("object", ByteRange.of(0, 9000)));
        InputStream stream = slice.asInputStream()) {
      ByteBuffer joined = ByteBuffer.allocate(9000);
      for (ByteBuffer part : slice.buffers()) {
        assertThatThrownBy(() -> part.put(part.position(), (byte) 0))
            .isInstanceOf(ReadOnlyBufferException.class);
        joined.put(part);
      }
      assertThat(joined.array()).isEqualTo(content);
      assertThat(stream.readAllBytes()).isEqualTo(content);
      assertThatThrownBy(() -> slice.copyTo(ByteBuffer.allocate(8999)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aBytesStoreKeepsTheMemoryOfAClosedSlice() throws Exception {
    byte[] content = Content.of(3000);
    store("object", content);
    BytesStore<?, ?> store;
    try (Slice slice = await(bucket.read("object", ByteRange.of(100, 2000)))) {
      store = slice.asBytesStore();
    }
    try {
      assertThat(store.readRemaining()).isEqualTo(2000);
      byte[] seen = new byte[2000];
      store.read(store.readPosition(), seen, 0, 2000);
      assertThat(seen).isEqualTo(Content.cut(content, ByteRange.of(100, 2000)));
    } finally {
      store.releaseLast();
    }
  }

  // Closing.

  @Test
  @SuppressWarnings("try") // closing early is the point
  void aClosedBucketRefusesAndKeepsWhatItLent() throws Exception {
    byte[] content = Content.of(2000);
    store("object", content);
    try (Slice slice = await(bucket.read("object", ByteRange.all()))) {
      bucket.close();
      bucket.close();
      assertThat(slice.toByteArray()).isEqualTo(content);
      failure(BucketClosedException.class, bucket.read("object", ByteRange.all()));
      failure(BucketClosedException.class, bucket.stat("object"));
      failure(
          BucketClosedException.class,
          bucket.write("object", ByteBuffer.allocate(1), WriteOptions.defaults()));
    }
  }

  // Everything at once.

  @Test
  void randomUseMatchesAModelInMemory() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("randomUseMatchesAModelInMemory: -Dexpressway.seed=" + seed);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Map<String, byte[]> model = new HashMap<>();
    for (int step = 0; step < 300; step++) {
      String key = "dir" + random.nextInt(2) + "/object" + random.nextInt(4);
      String where = "seed " + seed + ", step " + step + ", key " + key;
      switch (random.nextInt(10)) {
        case 0, 1 -> model.put(key, replace(key, random));
        case 2 -> {
          await(bucket.delete(key));
          model.remove(key);
        }
        case 3 -> assertKeysAre(model, where);
        default -> assertReadsAs(Optional.ofNullable(model.get(key)), key, random, where);
      }
    }
  }

  private byte[] replace(String key, RandomGenerator random) throws Exception {
    byte[] content = Content.of(random.nextInt(1 << random.nextInt(1, 18)), random.nextLong());
    store(key, content);
    return content;
  }

  private void assertKeysAre(Map<String, byte[]> model, String where) throws Exception {
    List<String> keys = new ArrayList<>();
    pages(ListRequest.under("").pageSize(3)).forEach(page -> keys.addAll(keys(page)));
    Collections.sort(keys);
    assertThat(keys).as(where).isEqualTo(model.keySet().stream().sorted().toList());
  }

  private void assertReadsAs(
      Optional<byte[]> content, String key, RandomGenerator random, String where) throws Exception {
    List<ByteRange> ranges =
        Stream.generate(() -> randomRange(random)).limit(1 + random.nextInt(5)).toList();
    List<CompletableFuture<Slice>> reads =
        ranges.size() == 1 ? List.of(bucket.read(key, ranges.get(0))) : bucket.readAll(key, ranges);
    for (int i = 0; i < ranges.size(); i++) {
      ByteRange range = ranges.get(i);
      if (content.isEmpty()) {
        failure(ObjectNotFoundException.class, reads.get(i));
      } else if (!Content.satisfies(content.get().length, range)) {
        failure(RangeNotSatisfiableException.class, reads.get(i));
      } else {
        try (Slice slice = await(reads.get(i))) {
          assertThat(slice.toByteArray())
              .as("%s, range %s", where, range)
              .isEqualTo(Content.cut(content.get(), range));
        }
      }
    }
  }

  private static ByteRange randomRange(RandomGenerator random) {
    long offset = random.nextInt(1 << random.nextInt(1, 18));
    long length = 1L + random.nextInt(1 << random.nextInt(1, 18));
    return switch (random.nextInt(8)) {
      case 0 -> ByteRange.all();
      case 1 -> ByteRange.from(offset);
      case 2 -> ByteRange.last(length);
      default -> ByteRange.of(offset, length);
    };
  }
}
