package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static io.expressway.cache.Zonal.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Blocks on disk: across restarts, damage, and too little room. */
@SuppressWarnings("NullAway.Init") // made before each test
final class DiskTest {
  private static final int BLOCK = 16 << 10;
  private static final int SIZE = 1_000_000;
  private static final CacheOptions IMMUTABLE =
      CacheOptions.defaults().freshness(Freshness.immutable());
  private static Zonal zonal;

  @TempDir Path directory;
  private BlockCache memory;
  private CachedBucket bucket;
  private byte[] content;

  @BeforeAll
  static void start() {
    zonal = new Zonal();
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  @BeforeEach
  void open() throws Exception {
    zonal.newBucket().close();
    content = zonal.put("dir/object", SIZE, 1);
    openWith(4 << 20, 64 << 20, IMMUTABLE);
  }

  private void openWith(long memoryBytes, long diskBytes, CacheOptions options) {
    memory =
        BlockCache.tiered(
            memoryBytes, BLOCK, DiskOptions.in(directory, diskBytes).freeBytes(1 << 20));
    bucket = new CachedBucket(memory, zonal.sameBucket(), options);
    zonal.mark();
  }

  @AfterEach
  void close() {
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  private void flush() {
    Objects.requireNonNull(memory.disk()).flush();
  }

  private void restart(CacheOptions options) {
    close();
    openWith(4 << 20, 64 << 20, options);
  }

  private void assertReads(long offset, long length) throws Exception {
    assertThat(read(bucket, "dir/object", offset, length)).isEqualTo(cut(content, offset, length));
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Segment::isNamedLikeOne).sorted().toList();
    }
  }

  @Test
  void aRestartFindsWhatWasRead() throws Exception {
    assertReads(0, SIZE);
    assertReads(0, 1000);
    restart(IMMUTABLE);
    assertReads(500_000, 200_000);
    assertReads(0, SIZE);
    assertThat(await(bucket.stat("dir/object")).size()).isEqualTo(SIZE);
    assertThat(zonal.requests()).isZero();
    assertThat(memory.stats().diskHits()).isEqualTo((SIZE + BLOCK - 1) / BLOCK);
  }

  /** No other thread is woken, and nothing is waited for: the read has ended when it returns. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatTheSystemHasInMemoryIsReadByTheCaller() throws Exception {
    assertReads(0, SIZE);
    restart(IMMUTABLE);
    for (int at = 0; at + 50_000 <= SIZE; at += 50_000) {
      CompletableFuture<Slice> read = bucket.read("dir/object", ByteRange.of(at, 50_000));
      assertThat(read).isDone();
      try (Slice slice = await(read)) {
        assertThat(slice.toByteArray()).isEqualTo(cut(content, at, 50_000));
      }
    }
    assertThat(zonal.requests()).isZero();
  }

  /** Its interrupt closes channels that it reads from, and no other reader is to feel it. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anInterruptedCallerSpoilsNothing() throws Exception {
    assertReads(0, SIZE);
    restart(IMMUTABLE);
    assertReads(0, 50_000);
    for (int at = 100_000; at < 900_000; at += 200_000) {
      Thread.currentThread().interrupt();
      CompletableFuture<Slice> read = bucket.read("dir/object", ByteRange.of(at, 50_000));
      assertThat(Thread.interrupted()).isTrue();
      try (Slice slice = await(read)) {
        assertThat(slice.toByteArray()).isEqualTo(cut(content, at, 50_000));
      }
      assertReads(at + 100_000, 50_000);
    }
    assertThat(memory.stats().diskErrors()).isZero();
    assertThat(zonal.requests()).isZero();
  }

  /** An interrupt in the middle of a read closes the caller's channel; the next has another. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSegmentIsReadByCallersAfterOneWasInterrupted() throws Exception {
    assertReads(0, SIZE);
    close();
    Segment segment = Segment.open(segments().get(0), BLOCK).orElseThrow();
    try (segment) {
      ResidentFile first = Objects.requireNonNull(segment.resident(0, BLOCK));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> first.read(ByteBuffer.allocateDirect(BLOCK), 0))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      ByteBuffer target = ByteBuffer.allocateDirect(BLOCK);
      assertThat(segment.read(target.duplicate(), 0)).isTrue();
      ResidentFile second = Objects.requireNonNull(segment.resident(0, BLOCK));
      assertThat(second).isNotSameAs(first);
      assertThat(second.read(target, 0)).isTrue();
    }
    assertThat(segment.resident(0, BLOCK)).isNull();
    openWith(4 << 20, 64 << 20, IMMUTABLE);
  }

  /** What cannot be noted as gone takes everything with it: old bytes are worse than none. */
  @Test
  void aBadDiskBringsNothingBackThatWasForgotten() throws Exception {
    assertReads(0, SIZE);
    close();
    memory =
        BlockCache.tiered(
            4 << 20,
            BLOCK,
            DiskOptions.in(directory, 64 << 20),
            () -> {
              throw new IOException("a bad disk");
            });
    bucket = new CachedBucket(memory, zonal.sameBucket(), IMMUTABLE);
    content = content.clone();
    content[0]++;
    ObjectInfo unused =
        await(bucket.write("dir/object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    restart(IMMUTABLE);
    assertReads(0, SIZE);
  }

  @Test
  void aReaderWithLittleMemoryAsksForNothingThatDiskHas() throws Exception {
    close();
    openWith(32 * BLOCK, 64 << 20, IMMUTABLE);
    for (int at = 0; at < SIZE; at += BLOCK) {
      assertReads(at, BLOCK);
      flush();
    }
    zonal.mark();
    try (ObjectReader reader = ObjectReader.open(bucket, "dir/object")) {
      assertThat(reader.asInputStream().readAllBytes()).isEqualTo(content);
    }
    assertThat(zonal.requests()).isZero();
  }

  @Test
  void pagesOfUnfinishedBlocksAreKeptToo() throws Exception {
    assertReads(100_100, 1000);
    restart(IMMUTABLE);
    assertReads(100_100, 1000);
    assertThat(zonal.requests()).isZero();
    assertReads(100_000, 3000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aRestartAsksOnceWhetherTheObjectIsTheSame() throws Exception {
    assertReads(0, SIZE);
    restart(CacheOptions.defaults());
    assertReads(0, 100_000);
    assertReads(200_000, 100_000);
    assertThat(zonal.requests("HeadObject")).isOne();
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void whatChangedMeanwhileIsReadAnew() throws Exception {
    assertReads(0, SIZE);
    for (CacheOptions.Change change : CacheOptions.Change.values()) {
      content = zonal.put("dir/object", SIZE, change.name().length());
      restart(CacheOptions.defaults().change(change));
      assertReads(0, 100_000);
      assertReads(0, SIZE);
    }
  }

  @Test
  void ownWritesAreSeenAfterARestartToo() throws Exception {
    assertReads(0, SIZE);
    flush();
    content = Zonal.content(SIZE, 3);
    await(bucket.write("dir/object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    restart(IMMUTABLE);
    assertReads(0, SIZE);
    restart(IMMUTABLE);
    assertReads(0, SIZE);
    assertThat(zonal.requests()).isZero();
  }

  @Test
  void whatHasToLeaveMemoryComesBackFromDisk() throws Exception {
    close();
    openWith(32 * BLOCK, 64 << 20, IMMUTABLE);
    for (int round = 0; round < 2; round++) {
      for (int at = 0; at < SIZE; at += BLOCK) {
        assertReads(at, BLOCK);
        flush();
      }
    }
    assertThat(zonal.requests()).isEqualTo((SIZE + BLOCK - 1) / BLOCK);
    assertThat(memory.stats().diskHits()).isPositive();
  }

  @Test
  void filesKeepToTheirLimitAndTheOldestGoFirst() throws Exception {
    close();
    long limit = 1 << 20;
    openWith(32 * BLOCK, limit, IMMUTABLE);
    for (int object = 0; object < 5; object++) {
      byte[] bytes = zonal.put("dir/many" + object, SIZE, object);
      for (int at = 0; at < SIZE; at += BLOCK) {
        assertThat(read(bucket, "dir/many" + object, at, BLOCK)).isEqualTo(cut(bytes, at, BLOCK));
        flush();
        assertThat(memory.stats().diskBytes()).isLessThanOrEqualTo(limit);
      }
    }
    long bytes = 0;
    for (Path segment : segments()) {
      bytes += Files.size(segment);
    }
    assertThat(bytes).isBetween(limit / 2, limit);
  }

  @Test
  void aDirectoryServesOneCacheAtATime() {
    assertThatThrownBy(() -> BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(directory, 64 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("in use");
  }

  @Test
  void directoriesThatCannotBeUsedAreNamed() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(file, 64 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString());
    Path below = file.resolve("cache");
    assertThatThrownBy(() -> BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(below, 64 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(below.toString());
    Path taken = directory.resolve("taken");
    Files.createDirectories(taken.resolve("expressway-cache.lock")); // no file can be made there
    assertThatThrownBy(() -> BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(taken, 64 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(taken.toString());
    assertThatThrownBy(() -> BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(directory, 1000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limitBytes")
        .hasMessageContaining("1000");
  }

  @Test
  void aFullDiskIsLeftAlone() throws Exception {
    close();
    memory =
        BlockCache.tiered(
            4 << 20, BLOCK, DiskOptions.in(directory, 64 << 20).freeBytes(Long.MAX_VALUE / 2));
    bucket = new CachedBucket(memory, zonal.sameBucket(), IMMUTABLE);
    assertReads(0, SIZE);
    flush();
    assertThat(segments()).isEmpty();
    assertThat(memory.stats().diskSkips()).isPositive();
    assertReads(0, SIZE);
  }

  @Test
  void aDiskThatFillsUpIsUsedAgainOnceThereIsRoom() throws Exception {
    close();
    AtomicLong free = new AtomicLong(1L << 40);
    memory = BlockCache.tiered(4 << 20, BLOCK, DiskOptions.in(directory, 1 << 20), free::get);
    bucket = new CachedBucket(memory, zonal.sameBucket(), IMMUTABLE);
    readAnew();
    assertThat(segments()).isNotEmpty();
    free.set(0);
    readAnew();
    assertThat(segments()).isEmpty();
    long skips = memory.stats().diskSkips();
    readAnew();
    assertThat(memory.stats().diskSkips()).isGreaterThan(skips);
    free.set(1L << 40);
    readAnew();
    assertThat(segments()).isNotEmpty();
  }

  private void readAnew() throws Exception {
    bucket.evict("dir/object");
    for (int at = 0; at < SIZE; at += BLOCK) {
      assertReads(at, BLOCK);
      flush();
    }
  }

  @Test
  void filesOfOthersStayAndThoseOfOtherBlocksGo() throws Exception {
    assertReads(0, SIZE);
    close();
    Path others = Files.writeString(directory.resolve("notes.txt"), "not ours");
    Path likeOurs = Files.writeString(directory.resolve("segment-00000000000000ff.cache"), "hm");
    memory = BlockCache.tiered(4 << 20, 2 * BLOCK, DiskOptions.in(directory, 64 << 20));
    bucket = new CachedBucket(memory, zonal.sameBucket(), IMMUTABLE);
    assertThat(others).exists();
    assertThat(likeOurs).doesNotExist();
    assertThat(segments()).isEmpty();
    assertReads(0, SIZE);
    bucket.close();
    memory.close();
    openWith(4 << 20, 64 << 20, IMMUTABLE);
    assertReads(0, 1000);
  }

  @Test
  void damageAnywhereIsAMissAndNeverAWrongByte() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("damageAnywhereIsAMissAndNeverAWrongByte: -Dexpressway.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      assertReads(0, SIZE);
      close();
      List<Path> segments = segments();
      Path victim = segments.get(random.nextInt(segments.size()));
      if (random.nextBoolean()) {
        flipABit(victim, random);
      } else {
        cutShort(victim, random);
      }
      openWith(4 << 20, 64 << 20, IMMUTABLE);
      assertReads(0, SIZE);
      assertReads(random.nextInt(SIZE - 1000), 1000);
    }
  }

  private static void flipABit(Path file, SplittableRandom random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = random.nextLong(channel.size());
      ByteBuffer octet = ByteBuffer.allocate(1);
      channel.read(octet, at);
      octet.put(0, (byte) (octet.get(0) ^ (1 << random.nextInt(8))));
      channel.write(octet.flip(), at);
    }
  }

  private static void cutShort(Path file, SplittableRandom random) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(random.nextLong(channel.size()));
    }
  }

  @Test
  void damageWhileItIsOpenIsAMissToo() throws Exception {
    assertReads(0, SIZE);
    flush();
    memory.clear();
    restart(IMMUTABLE);
    SplittableRandom random = new SplittableRandom(5);
    for (Path segment : segments()) {
      for (int i = 0; i < 20; i++) {
        flipABit(segment, random);
      }
    }
    assertReads(0, SIZE);
    assertThat(memory.stats().diskErrors()).isPositive();
    assertThat(zonal.requests()).isPositive();
    try (Slice slice = await(bucket.read("dir/object", ByteRange.all()))) {
      assertThat(slice.toByteArray()).isEqualTo(content);
    }
  }

  @Test
  void everyReadIsRightWhateverTheFreshness() throws Exception {
    for (Freshness freshness :
        List.of(Freshness.always(), Freshness.within(Duration.ofMinutes(1)))) {
      restart(CacheOptions.defaults().freshness(freshness));
      assertReads(0, SIZE);
      content = zonal.put("dir/object", SIZE, freshness.hashCode());
      restart(CacheOptions.defaults().freshness(freshness));
      assertReads(300_000, 300_000);
    }
  }
}
