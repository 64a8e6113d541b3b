package io.expressway.cache;

import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.PreconditionFailedException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading one object like a file, over any bucket. */
@SuppressWarnings("NullAway.Init") // made before each test
abstract class ReaderContract {
  private static final int SIZE = 24_000_000;
  private static final int MIB = 1 << 20;
  private static final int SMALL = 4_000_000;
  static final int PIECE = 128 << 10;

  /** As many requests on a loaded machine as on a quick one. */
  static final ReaderOptions FEW = ReaderOptions.defaults().requests(8 * MIB, 8 * MIB);

  static Zonal zonal;

  Bucket bucket;
  byte[] content;
  private RoundTrips before;

  @BeforeAll
  static void start() {
    zonal = new Zonal();
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  abstract Bucket over(Bucket plain);

  abstract void closeAll();

  /** How many bytes a range is rounded to. */
  abstract int roundedTo();

  @BeforeEach
  void open() throws Exception {
    bucket = over(zonal.newBucket());
    content = zonal.put("object", SIZE, 7);
    await(bucket.stat("object")); // the session
    forgetRequests();
  }

  @AfterEach
  void everythingIsGivenBack() throws Exception {
    zonal.zone().clearFaults();
    bucket.close();
    closeAll();
    zonal.empty();
  }

  void forgetRequests() {
    if (bucket instanceof CachedBucket cached) {
      cached.evict("object");
    }
    zonal.mark();
    before = zonal.zone().roundTrips();
  }

  /** Body bytes and heads that the server sent. */
  long sentBytes() {
    return zonal.zone().roundTrips().since(before).bytesOut();
  }

  byte[] read(ObjectReader reader, long from, int count) throws IOException {
    byte[] bytes = new byte[count];
    int got = reader.position(from).read(ByteBuffer.wrap(bytes));
    return got == count ? bytes : Arrays.copyOf(bytes, Math.max(0, got));
  }

  final void readOn(ObjectReader reader, byte[] all, int from, int length) throws IOException {
    for (int at = from; at < from + length; at += PIECE) {
      int count = Math.min(PIECE, from + length - at);
      assertThat(read(reader, at, count)).isEqualTo(cut(all, at, count));
    }
  }

  // What comes of a request is read while it comes.

  /** What is read ahead meets the fault. */
  private void readOnDespite(Fault fault, int pieces) throws IOException {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      readOn(reader, content, 0, PIECE);
      zonal.zone().inject(fault.on("GetObject"));
      readOn(reader, content, PIECE, pieces * PIECE);
    }
  }

  /**
   * A read that waited for all of its request would see it fail, and be asked for again. So much is
   * left of the request that nothing is asked for after it yet.
   */
  @Test
  void whatIsThereIsReadWhileTheRestIsComing() throws Exception {
    readOnDespite(Fault.stallAfter(700_000).times(1), 3);
    assertThat(zonal.requests("GetObject")).isEqualTo(2);
  }

  @Test
  void whatBreaksOffIsReadOn() throws Exception {
    readOnDespite(Fault.resetAfter(700_000).times(3), 100);
  }

  /** What was shown of it is given back: NoLeaks looks. */
  @Test
  void whatFailsInTheMiddleIsAskedForAgain() throws Exception {
    byte[] small = zonal.put("small", SMALL, 9);
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW)) {
      readOn(reader, small, 0, PIECE);
      zonal.zone().inject(Fault.resetAfter(700_000).on("GetObject").times(1));
      zonal.zone().inject(Fault.accessDenied().on("GetObject").times(1));
      readOn(reader, small, PIECE, 20 * PIECE);
      assertThat(zonal.requests("GetObject")).isGreaterThan(3);
    }
  }

  /** As many as the Analytics Accelerator sends, which asks for the size and then for all. */
  @ParameterizedTest
  @CsvSource({"0, 1, 2", "0, 2, 2", "200000, 2, 2", "3600000, -2, 3"})
  void aSmallObjectTakesFewRequests(int from, int step, int requests) throws Exception {
    byte[] small = zonal.put("small", SMALL, 9);
    forgetRequests();
    int stretch = 200_000;
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW)) {
      for (int at = from; at >= 0 && at < SMALL; at += step * stretch) {
        readOn(reader, small, at, stretch);
      }
    }
    assertThat(zonal.requests()).isEqualTo(requests);
    assertThat(sentBytes()).isLessThan(SMALL + requests * 1_000L);
  }

  @Test
  void aSmallColumnarFileIsTwoRequests() throws Exception {
    byte[] small = zonal.put("day.parquet", SMALL, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "day.parquet", FEW)) {
      assertThat(read(reader, SMALL - 8, 8)).isEqualTo(cut(small, SMALL - 8, 8));
      readOn(reader, small, SMALL - 50_000, 49_992);
      readOn(reader, small, 400_000, 400_000);
      readOn(reader, small, 1_600_000, 1_000_000);
    }
    assertThat(zonal.requests()).isEqualTo(2);
    assertThat(sentBytes()).isLessThan(SMALL - 400_000 + 2_000L + 2L * roundedTo());
  }

  // What is asked for.

  @ParameterizedTest
  @ValueSource(ints = {1, 50_000, 1_000_000, 3_000_000})
  void wholeAtOnceIsOneRequest(int step) throws Exception {
    byte[] small = zonal.put("small", 3_000_000, 9);
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW.wholeAtOnce(4 * MIB))) {
      assertThat(read(reader, 2_999_990, 4)).isEqualTo(cut(small, 2_999_990, 4));
      for (int at = 0; at < small.length && at < 100 * step; at += step) {
        assertThat(read(reader, at, step)).isEqualTo(cut(small, at, step));
      }
      assertThat(reader.size()).isEqualTo(small.length);
      assertThat(reader.read(ByteBuffer.allocate(1), small.length)).isEqualTo(-1);
    }
    assertThat(zonal.requests("GetObject")).isEqualTo(1);
  }

  @Test
  void wholeAtOnceOfALargerObjectIsItsEnd() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW.wholeAtOnce(4 * MIB))) {
      assertThat(read(reader, 0, 100_000)).isEqualTo(cut(content, 0, 100_000));
      assertThat(read(reader, SIZE - 4 * MIB, 4 * MIB))
          .isEqualTo(cut(content, SIZE - 4 * MIB, 4 * MIB));
      assertThat(read(reader, SIZE - 5 * MIB, 2 * MIB))
          .isEqualTo(cut(content, SIZE - 5 * MIB, 2 * MIB));
    }
    assertThat(zonal.requests("GetObject")).isEqualTo(3);
  }

  @Test
  void openingAsksForNothing() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(reader.position()).isZero();
      assertThat(zonal.requests()).isZero();
      assertThat(reader.size()).isEqualTo(SIZE);
      assertThat(reader.info().key()).isEqualTo("object");
      assertThat(zonal.requests()).isEqualTo(1);
    }
  }

  @Test
  void whatIsKnownIsNotAskedFor() throws Exception {
    ObjectInfo info = await(bucket.stat("object"));
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW.known(info))) {
      assertThat(reader.size()).isEqualTo(SIZE);
      assertThat(zonal.requests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4_096, 300_000, 12_000_000})
  void theFirstReadIsExact(int count) throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(read(reader, 8_192, count)).isEqualTo(cut(content, 8_192, count));
    }
    assertThat(zonal.requests("HeadObject")).isZero();
    assertThat(zonal.requests("GetObject")).isEqualTo(1 + count / (8 * MIB));
    assertThat(sentBytes()).isLessThan(count + 2L * roundedTo() + 2_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 65_536, 1_000_000, 20_000_000})
  void readingOnFetchesAhead(int step) throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      byte[] all = new byte[SIZE];
      ByteBuffer target = ByteBuffer.wrap(all);
      while (target.hasRemaining()) {
        int count = Math.min(step, target.remaining());
        assertThat(reader.read(target.slice(target.position(), count))).isEqualTo(count);
        target.position(target.position() + count);
      }
      assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(all).isEqualTo(content);
    }
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(40);
    assertThat(sentBytes()).isLessThan(SIZE + 40 * 1_000L + 40L * roundedTo());
  }

  /** As the Analytics Accelerator does with eleven requests, of 8 MiB where it can. */
  @Test
  void readingOnTakesFewRequests() throws Exception {
    readOn(0, SIZE, 131_072);
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(7);
  }

  /** 60 % of the object: the last requests reach beyond, by half of it at most. */
  @Test
  void whatIsFetchedBeyondTheEndOfAStretchIsLittle() throws Exception {
    int length = SIZE / 10 * 6;
    readOn(SIZE / 10, length, 131_072);
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(6);
    assertThat(sentBytes()).isLessThan(length * 15L / 10 + 6_000 + 2L * roundedTo());
  }

  /** However often the reader waits, no more than half of what it read, and the last request. */
  @Test
  void ofALargeObjectTheRestIsNotFetched() throws Exception {
    int size = 64 * MIB;
    byte[] large = zonal.put("large", size, 10);
    int length = size / 10 * 4;
    try (ObjectReader reader = ObjectReader.open(bucket, "large", FEW)) {
      readOn(reader, large, size / 10, length);
    }
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(11);
    assertThat(sentBytes()).isLessThan(length * 15L / 10 + 9L * MIB);
  }

  // What one connection carries.

  /** 20 MB/s bring half a megabyte in 25 ms, and no request is for less than two. */
  @ParameterizedTest
  @ValueSource(ints = {131_072, 8_388_608})
  void whereAConnectionIsSlowSeveralAreUsed(int step) throws Exception {
    try (ZonalServer slow =
            ZonalServer.builder()
                .latency(LatencyProfile.fixed(Duration.ZERO).rate(20_000_000))
                .start();
        Bucket over = over(Zonal.bucketOf(slow, slow.zones().get(0).bucket()));
        ObjectReader reader = ObjectReader.open(over, "object")) { // as it is by default
      Zone zone = slow.zones().get(0);
      zone.putObject(zone.bucket(), "object", content);
      for (int at = 0; at < SIZE; at += step) {
        int count = Math.min(step, SIZE - at);
        assertThat(read(reader, at, count)).isEqualTo(cut(content, at, count));
      }
      assertThat(slow.roundTrips().of("GetObject")).isBetween(6L, 24L); // or 3, of 8 MiB
    }
  }

  // Who says that all is wanted.

  static final ReaderOptions SEQUENTIAL = FEW.sequential();

  @ParameterizedTest
  @ValueSource(ints = {1_000, 131_072, 5_000_000, 20_000_000})
  void whoIsSequentialSendsFewRequests(int step) throws Exception {
    byte[] all = new byte[SIZE];
    try (ObjectReader reader = ObjectReader.open(bucket, "object", SEQUENTIAL)) {
      for (int at = 0; at < SIZE; at += step) {
        int count = Math.min(step, SIZE - at);
        assertThat(reader.read(ByteBuffer.wrap(all, at, count))).isEqualTo(count);
      }
      assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    assertThat(all).isEqualTo(content);
    assertThat(zonal.requests()).isLessThanOrEqualTo(4);
    assertThat(sentBytes()).isLessThan(SIZE + 4 * 1_000L + 4L * roundedTo());
  }

  @Test
  void aSmallObjectIsOneRequestForWhoIsSequential() throws Exception {
    byte[] small = zonal.put("small", SMALL, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "small", SEQUENTIAL)) {
      readOn(reader, small, 0, SMALL);
    }
    assertThat(zonal.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_000, 9_000_000})
  void aStreamThatIsTransferredIsSequential(int readBefore) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW);
        InputStream stream = reader.asInputStream()) {
      all.write(stream.readNBytes(readBefore));
      assertThat(stream.transferTo(all)).isEqualTo(SIZE - readBefore);
      assertThat(stream.readAllBytes()).isEmpty();
    }
    assertThat(all.toByteArray()).isEqualTo(content);
    assertThat(zonal.requests()).isLessThanOrEqualTo(readBefore == 0 ? 4 : 8);
  }

  @Test
  void aStreamOfWhichAllBytesAreReadIsSequential() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW);
        InputStream stream = reader.asInputStream(1_000_000)) {
      assertThat(stream.readAllBytes()).isEqualTo(cut(content, 1_000_000, SIZE - 1_000_000));
    }
    assertThat(zonal.requests()).isLessThanOrEqualTo(4);
  }

  @Test
  void whoIsSequentialAndReadsAtAPlaceFetchesNothingElse() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", SEQUENTIAL)) {
      ByteBuffer target = ByteBuffer.allocate(100_000);
      assertThat(reader.read(target, 3_000_000)).isEqualTo(100_000);
      assertThat(target.array()).isEqualTo(cut(content, 3_000_000, 100_000));
    }
    assertThat(sentBytes()).isLessThan(100_000 + 1_000 + 2L * roundedTo());
  }

  private void readOn(int from, int length, int step) throws IOException {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      for (int at = from; at < from + length; at += step) {
        int count = Math.min(step, from + length - at);
        assertThat(read(reader, at, count)).isEqualTo(cut(content, at, count));
      }
    }
  }

  /** Three of one size, one ahead of the fourth, and none ahead of a smaller one. */
  @Test
  void largeReadsAreForeseenOnlyAfterSome() throws Exception {
    int step = 5_000_000;
    readOn(0, 3 * step, step);
    assertThat(zonal.requests("GetObject")).isEqualTo(3);
    assertThat(sentBytes()).isLessThan(3L * step + 6L * roundedTo() + 6_000);
    forgetRequests();
    readOn(0, 3 * step + 1_000_000, step);
    assertThat(zonal.requests("GetObject")).isEqualTo(4);
    assertThat(sentBytes()).isLessThan(3L * step + 1_000_000 + 8L * roundedTo() + 8_000);
  }

  @Test
  void theLengthOfADirectoryIsReadWithTheDirectory() throws Exception {
    byte[] file = zonal.put("day.parquet", 5_000_000, 8);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "day.parquet", FEW)) {
      assertThat(read(reader, 4_999_992, 8)).isEqualTo(cut(file, 4_999_992, 8));
      assertThat(read(reader, 4_950_000, 49_992)).isEqualTo(cut(file, 4_950_000, 49_992));
      assertThat(zonal.requests()).isEqualTo(1);
      assertThat(read(reader, 0, 4)).isEqualTo(cut(file, 0, 4));
      assertThat(zonal.requests()).isEqualTo(2);
    }
  }

  @Test
  void aStreamReadsOnAsWell() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW);
        InputStream stream = reader.asInputStream(1_000)) {
      assertThat(stream.read()).isEqualTo(content[1_000] & 0xFF);
      stream.mark(10);
      assertThat(stream.skip(499)).isEqualTo(499);
      assertThat(stream.readNBytes(2_000_000)).isEqualTo(cut(content, 1_500, 2_000_000));
      stream.reset();
      assertThat(stream.readAllBytes()).isEqualTo(cut(content, 1_001, SIZE));
      assertThat(stream.read()).isEqualTo(-1);
      assertThat(stream.skip(1)).isZero();
      assertThat(reader.position()).isZero();
    }
  }

  @Test
  void aDirectBufferIsFilledExactly() throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(20_000_000);
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(reader.position(1_000).read(target)).isEqualTo(20_000_000);
      byte[] got = new byte[20_000_000];
      target.flip().get(got);
      assertThat(got).isEqualTo(cut(content, 1_000, 20_000_000));
    }
    assertThat(zonal.requests("GetObject")).isEqualTo(3);
    assertThat(sentBytes()).isLessThan(20_000_000 + 6L * roundedTo() + 5_000);
  }

  @Test
  void everyPlaceInADirectBuffer() throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(SIZE + 10);
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(reader.read(target)).isEqualTo(SIZE);
      byte[] got = new byte[SIZE];
      target.flip().get(got);
      assertThat(got).isEqualTo(content);
    }
  }

  /** Ten stretches of a twentieth, each read in pieces, to the beginning of the object. */
  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void equalStretchesAtEqualDistancesAreForeseen(int direction) throws Exception {
    int stretch = SIZE / 20;
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW.ahead(64 << 10, 32 << 20))) {
      for (int i = 0; i < 10; i++) {
        int index = direction > 0 ? i : 9 - i;
        long at = 2L * stretch * index;
        for (int part = 0; part < stretch; part += stretch / 4) {
          assertThat(read(reader, at + part, stretch / 4))
              .isEqualTo(cut(content, at + part, stretch / 4));
        }
      }
    }
    long asked = 10L * stretch;
    long unforeseen = 3L * stretch; // what the first runs may have fetched beyond their end
    assertThat(sentBytes()).isLessThan(asked + unforeseen + 50 * 1_000L + 50L * roundedTo());
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(24);
  }

  @Test
  void aWindowThatReachesTheNextStretchDoesNotHideIt() throws Exception {
    int stretch = SIZE / 20;
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      for (int i = 0; i < 10; i++) {
        for (int part = 0; part < stretch; part += stretch / 10) {
          int at = 2 * stretch * i + part;
          assertThat(read(reader, at, stretch / 10)).isEqualTo(cut(content, at, stretch / 10));
        }
      }
    }
    long asked = 10L * stretch;
    long unforeseen = 5L * stretch; // where all between was fetched it would be ten
    assertThat(sentBytes()).isLessThan(asked + unforeseen + 60 * 1_000L + 60L * roundedTo());
  }

  @Test
  void singleReadsAtEqualDistancesAreNotOverfetched() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      for (int i = 0; i < 20; i++) {
        assertThat(read(reader, (long) i * MIB, 40_960))
            .isEqualTo(cut(content, (long) i * MIB, 40_960));
      }
    }
    assertThat(sentBytes()).isLessThan(23 * (40_960L + 2_000 + 2L * roundedTo()));
  }

  @Test
  void randomReadsAreNotOverfetched() throws Exception {
    long asked = 0;
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      SplittableRandom random = new SplittableRandom(11);
      for (int i = 0; i < 60; i++) {
        long at = random.nextInt(SIZE - 262_144);
        assertThat(read(reader, at, 262_144)).isEqualTo(cut(content, at, 262_144));
        asked += 262_144;
      }
    }
    assertThat(sentBytes()).isLessThan(asked * 110 / 100);
  }

  @Test
  void placesTakeTurns() throws Exception {
    long[] at = {0, 6_000_000, 12_000_000, 18_000_000};
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      for (int round = 0; round < 150; round++) {
        for (int i = 0; i < at.length; i++) {
          assertThat(read(reader, at[i], 40_000)).isEqualTo(cut(content, at[i], 40_000));
          at[i] += 40_000;
        }
      }
    }
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(48);
    assertThat(sentBytes())
        .as("no window reaches into the next one's place")
        .isLessThan(SIZE + 48 * 1_000L + 48L * roundedTo());
  }

  /** In every other twentieth of a small object, in pieces. */
  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void whoComesBackToASmallObjectGetsAllOfIt(int direction) throws Exception {
    int size = 4_000_000;
    byte[] small = zonal.put("small", size, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW)) {
      for (int i = 0; i < 10; i++) {
        int at = size / 10 * (direction > 0 ? i : 9 - i);
        for (int part = 0; part < 200_000; part += 50_000) {
          assertThat(read(reader, at + part, 50_000)).isEqualTo(cut(small, at + part, 50_000));
        }
      }
      assertThat(read(reader, 0, size)).isEqualTo(small);
    }
    assertThat(zonal.requests("HeadObject")).isZero();
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(5);
    assertThat(sentBytes()).isLessThan(size + 3 * 50_000L + 5 * 1_000L + 5L * roundedTo());
  }

  /** What lies on the other side of where the reader goes is asked for when it turns. */
  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void whatASmallObjectHasOnTheOtherSideIsLeft(int direction) throws Exception {
    int size = 4_000_000;
    byte[] small = zonal.put("small", size, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW)) {
      for (int i = 0; i < 4; i++) {
        int at = size / 10 * (direction > 0 ? 4 + i : 5 - i);
        assertThat(read(reader, at, 200_000)).isEqualTo(cut(small, at, 200_000));
      }
      assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(3);
      assertThat(sentBytes()).isLessThan(size * 6L / 10 + 200_000 + 3 * 2_000L + 6L * roundedTo());
      assertThat(read(reader, 0, size)).isEqualTo(small);
    }
    assertThat(zonal.requests("GetObject")).isLessThanOrEqualTo(5);
  }

  @Test
  void aSmallObjectReadFromOnceOrExplicitlyIsNotFetchedWhole() throws Exception {
    zonal.put("small", 4_000_000, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW)) {
      assertThat(read(reader, 1_000_000, 5_000)).hasSize(5_000);
      for (int i = 0; i < 5; i++) {
        assertThat(reader.read(ByteBuffer.allocate(5_000), i * 600_000L)).isEqualTo(5_000);
      }
    }
    try (ObjectReader reader = ObjectReader.open(bucket, "small", FEW.whole(0))) {
      for (int i = 0; i < 5; i++) {
        assertThat(read(reader, 300_000 + i * 700_001L, 5_000)).hasSize(5_000);
      }
    }
    assertThat(sentBytes()).isLessThan(11 * (5_000 + 2_000 + 2L * roundedTo()));
  }

  @Test
  void theEndOfAColumnarFileComesWithItsSize() throws Exception {
    byte[] file = zonal.put("day.parquet", 5_000_000, 8);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "day.parquet", FEW)) {
      long size = reader.size();
      assertThat(read(reader, size - 8, 8)).isEqualTo(cut(file, size - 8, 8));
      assertThat(read(reader, size - 50_000, 49_992)).isEqualTo(cut(file, size - 50_000, 49_992));
      assertThat(zonal.requests()).isEqualTo(1);
      assertThat(read(reader, size - 70_000, 70_000)).isEqualTo(cut(file, size - 70_000, 70_000));
      assertThat(zonal.requests()).isEqualTo(2);
    }
  }

  @Test
  void anEmptyObjectHasNothing() throws Exception {
    zonal.put("empty.parquet", 0, 1);
    zonal.put("empty", 0, 1);
    for (String key : List.of("empty.parquet", "empty")) {
      try (ObjectReader reader = ObjectReader.open(bucket, key, FEW)) {
        assertThat(reader.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        assertThat(reader.read(ByteBuffer.allocateDirect(10), 5)).isEqualTo(-1);
        assertThat(reader.size()).isZero();
        assertThat(reader.asInputStream().readAllBytes()).isEmpty();
      }
    }
  }

  @Test
  void pastTheEndIsNothing() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(read(reader, SIZE + 5L, 10)).isEmpty();
      assertThat(reader.position()).isEqualTo(SIZE + 5L);
      assertThat(read(reader, SIZE - 3, 10)).isEqualTo(cut(content, SIZE - 3, 3));
      assertThat(reader.read(ByteBuffer.allocate(0))).isZero();
      assertThat(reader.size()).isEqualTo(SIZE);
    }
  }

  @Test
  void explicitReadsAreExact() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      for (int i = 0; i < 8; i++) {
        ByteBuffer target = ByteBuffer.allocate(10_000);
        assertThat(reader.read(target, i * 10_000L)).isEqualTo(10_000);
        assertThat(target.array()).isEqualTo(cut(content, i * 10_000L, 10_000));
      }
      assertThat(sentBytes()).isLessThan(8 * (12_000L + 2L * roundedTo()));
      ByteBuffer large = ByteBuffer.allocate(SIZE);
      assertThat(reader.read(large, 0)).isEqualTo(SIZE);
      assertThat(large.array()).isEqualTo(content);
      assertThat(reader.position()).isZero();
    }
  }

  @Test
  void severalRangesAtOnce() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      List<ByteRange> ranges =
          List.of(ByteRange.of(5_000_000, 70_000), ByteRange.of(0, 10), ByteRange.last(20));
      List<CompletableFuture<Slice>> answers = reader.readAll(ranges);
      long[] from = {5_000_000, 0, SIZE - 20};
      int[] count = {70_000, 10, 20};
      for (int i = 0; i < from.length; i++) {
        try (Slice slice = await(answers.get(i))) {
          assertThat(slice.toByteArray()).isEqualTo(cut(content, from[i], count[i]));
        }
      }
      try (Slice slice = await(reader.read(ByteRange.from(SIZE - 100)))) {
        assertThat(slice.toByteArray()).isEqualTo(cut(content, SIZE - 100, 100));
      }
    }
  }

  @Test
  void anObjectThatChangesIsNeverMixed() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(read(reader, 0, 100)).isEqualTo(cut(content, 0, 100));
      await(bucket.write("object", ByteBuffer.wrap(new byte[SIZE / 2]), WriteOptions.defaults()));
      assertThatThrownBy(() -> read(reader, 10_000_000, 100))
          .isInstanceOf(PreconditionFailedException.class)
          .hasMessageContaining("object");
      assertThatThrownBy(() -> reader.read(ByteBuffer.allocateDirect(10), 5_000_000))
          .isInstanceOf(PreconditionFailedException.class);
      assertThatThrownBy(() -> await(reader.readAll(List.of(ByteRange.of(0, 10))).get(0)))
          .isInstanceOf(PreconditionFailedException.class);
    }
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(reader.asInputStream().readAllBytes()).isEqualTo(new byte[SIZE / 2]);
    }
  }

  @Test
  void aFailureIsToldOnceAndReadingGoesOn() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThat(read(reader, 0, 1_000)).isEqualTo(cut(content, 0, 1_000));
      zonal.zone().inject(Fault.accessDenied().times(1));
      zonal.mark();
      assertThat(read(reader, 1_000, 1_000)).as("ahead, so asked again").hasSize(1_000);
      zonal.zone().inject(Fault.accessDenied().times(2));
      assertThatThrownBy(() -> read(reader, 20_000_000, 1_000))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("object");
      zonal.zone().clearFaults();
      assertThat(read(reader, 20_000_000, 1_000)).isEqualTo(cut(content, 20_000_000, 1_000));
    }
  }

  @Test
  void aMissingObjectIsSaidToBeMissing() throws Exception {
    for (String key : List.of("missing", "missing.parquet")) {
      try (ObjectReader reader = ObjectReader.open(bucket, key, FEW)) {
        assertThatThrownBy(reader::size).isInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1)))
            .isInstanceOf(ObjectNotFoundException.class);
      }
    }
  }

  @Test
  void aWrongVersionIsRefused() throws Exception {
    ObjectInfo known = await(bucket.stat("object"));
    zonal.put("object", 1_000, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW.known(known))) {
      assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1)))
          .isInstanceOf(PreconditionFailedException.class);
    }
  }

  @Test
  void aClosedReaderReadsNothing() throws Exception {
    ObjectReader reader = ObjectReader.open(bucket, "object", FEW);
    InputStream stream = reader.asInputStream();
    assertThat(read(reader, 0, 10)).hasSize(10);
    assertThat(read(reader, 10, 10)).hasSize(10); // leaves something under way
    assertThat(stream.readNBytes(70_000)).hasSize(70_000);
    stream.close();
    assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
    reader.close();
    reader.close();
    assertThat(reader.isOpen()).isFalse();
    assertThatThrownBy(reader::size).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> reader.read(ByteRange.all()))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void badArgumentsAreNamed() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      assertThatThrownBy(() -> reader.write(ByteBuffer.allocate(1)))
          .isInstanceOf(NonWritableChannelException.class);
      assertThatThrownBy(() -> reader.truncate(1)).isInstanceOf(NonWritableChannelException.class);
      assertThatIllegalArgumentException().isThrownBy(() -> reader.position(-1));
      assertThatIllegalArgumentException().isThrownBy(() -> reader.asInputStream(-1));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reader.read(ByteBuffer.allocate(1), -5))
          .withMessageContaining("-5");
    }
    ReaderOptions defaults = ReaderOptions.defaults();
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.footer(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.requests(MIB - 1, MIB))
        .withMessageContaining("1048575");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.requests(2 * MIB, MIB))
        .withMessageContaining("mostRequestBytes 1048576");
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.ahead(1, 1 << 20));
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.ahead(1 << 20, 1 << 19));
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.whole(-1));
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", FEW)) {
      zonal.zone().inject(Fault.delay(Duration.ofMillis(500)).times(1));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> read(reader, 0, 10)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      Thread.currentThread().interrupt();
      ByteBuffer direct = ByteBuffer.allocateDirect(1_000);
      assertThat(reader.read(direct, 0)).as("the memory is the read's").isEqualTo(1_000);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read(reader, 0, 10)).isEqualTo(cut(content, 0, 10));
    }
  }

  /** Whatever is done in whatever order, the bytes are the object's. */
  @Test
  void anySequenceOfReads() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    System.out.println("anySequenceOfReads seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<ObjectReader> readers = new ArrayList<>();
    List<InputStream> streams = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ReaderOptions options =
          ReaderOptions.defaults()
              .ahead(64 << 10, 1 << (17 + random.nextInt(6)))
              .footer(random.nextInt(4) * SIZE / 3)
              .whole(random.nextInt(2) * 2 * SIZE)
              .requests(MIB, MIB << random.nextInt(4));
      options = random.nextBoolean() ? options.sequential() : options;
      ObjectReader reader = ObjectReader.open(bucket, "object", options);
      readers.add(reader);
      streams.add(reader.asInputStream());
      places.add(0L);
    }
    for (int step = 0; step < 400; step++) {
      int which = random.nextInt(readers.size());
      ObjectReader reader = readers.get(which);
      int count = 1 << random.nextInt(21);
      switch (random.nextInt(6)) {
        case 0 -> reader.position(random.nextInt(SIZE + 10));
        case 1 -> reader.position(Math.max(0, reader.position() - 2L * count));
        case 2 -> reader.position(Math.min(SIZE, reader.position() + count));
        case 3 -> {
          long at = places.get(which);
          byte[] got = streams.get(which).readNBytes(count);
          assertThat(got).as("seed %d", seed).isEqualTo(cut(content, Math.min(at, SIZE), count));
          places.set(which, at + got.length);
        }
        default -> {
          long at = reader.position();
          ByteBuffer target =
              random.nextBoolean() ? ByteBuffer.allocate(count) : ByteBuffer.allocateDirect(count);
          int got = reader.read(target);
          byte[] bytes = new byte[target.flip().remaining()];
          target.get(bytes);
          assertThat(got).isEqualTo(at >= SIZE ? -1 : bytes.length);
          assertThat(bytes).as("seed %d", seed).isEqualTo(cut(content, Math.min(at, SIZE), count));
        }
      }
    }
    for (int i = 0; i < readers.size(); i++) {
      streams.get(i).close();
      readers.get(i).close();
    }
  }
}
