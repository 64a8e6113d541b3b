package io.expressway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.BucketListing;
import io.expressway.CopyRequest;
import io.expressway.Crc;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.RenameOptions;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Bucket} does to change objects beyond writing and deleting them. */
public abstract class WriteContract extends UploadContract {
  /** Of the random test. {@code -Dexpressway.steps=10000} takes half a minute for each bucket. */
  private static final int STEPS = Integer.getInteger("expressway.steps", 100);

  /** For subclasses. */
  protected WriteContract() {}

  /** Whether the service deletes under a condition. */
  protected boolean takesConditionalDeletes() {
    return true;
  }

  /** Whether the service copies under a condition on the copy's key. */
  protected boolean takesConditionalCopies() {
    return true;
  }

  /** Whether a copy may have another media type than its source. */
  protected boolean copiesTakeMediaTypes() {
    return true;
  }

  /** Whether the service knows this checksum. */
  protected boolean takesChecksum(Crc algorithm) {
    return true;
  }

  /** Whether it appends to objects and renames them. */
  protected boolean takesMoves() {
    return isDirectoryBucket();
  }

  private static ByteBuffer bytes(int size, long seed) {
    return ByteBuffer.wrap(Content.of(size, seed));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @ParameterizedTest
  @EnumSource
  void eachChecksumIsTakenAndVerified(Crc algorithm) throws Exception {
    if (takesChecksum(algorithm)) {
      byte[] content = Content.of(70_001);
      WriteOptions options = WriteOptions.defaults().checksum(algorithm);
      await(bucket.write("object", ByteBuffer.wrap(content), options));
      assertHolds("object", content);
    }
  }

  // Appending.

  @ParameterizedTest
  @EnumSource
  void appendsAddToTheEnd(Memory memory) throws Exception {
    if (!takesMoves()) {
      return;
    }
    ObjectInfo first = store("object", Content.of(1000, 1));
    ByteBuffer body = memory.holding(Content.of(70_000, 2));
    int position = body.position();
    ObjectInfo longer = await(bucket.append("object", 1000, body));
    assertThat(body.position()).isEqualTo(position);
    assertThat(longer.size()).isEqualTo(71_000);
    assertThat(longer.version()).isNotEqualTo(first.version());
    await(bucket.append("object", 71_000, bytes(1, 3)));
    byte[] whole = joined(joined(Content.of(1000, 1), Content.of(70_000, 2)), Content.of(1, 3));
    assertHolds("object", whole);
    assertThat(await(bucket.stat("object")).size()).isEqualTo(whole.length);
  }

  @Test
  void anAppendAtZeroMakesTheObject() throws Exception {
    if (!takesMoves()) {
      return;
    }
    WriteOptions options =
        WriteOptions.defaults().contentType("text/plain").metadata(Map.of("owner", "me"));
    await(bucket.append("log", 0, bytes(10, 1), options));
    await(bucket.append("log", 10, bytes(10, 2), options));
    assertHolds("log", joined(Content.of(10, 1), Content.of(10, 2)));
    assertThat(await(bucket.stat("log")).metadata()).isEqualTo(Map.of("owner", "me"));
    assertThat(await(bucket.stat("log")).contentType()).contains("text/plain");
  }

  @Test
  void anAppendAtZeroFillsAnEmptyObject() throws Exception {
    if (!takesMoves()) {
      return;
    }
    ObjectInfo empty = store("object", new byte[0]);
    WriteOptions ifEmpty = WriteOptions.defaults().ifVersion(empty.version());
    ObjectInfo filled = await(bucket.append("object", 0, bytes(10, 1)));
    assertThat(filled.size()).isEqualTo(10);
    assertThat(filled.version()).isNotEqualTo(empty.version());
    failure(PreconditionFailedException.class, bucket.append("object", 0, bytes(5, 3), ifEmpty));
    await(bucket.append("object", 10, bytes(10, 2)));
    assertHolds("object", joined(Content.of(10, 1), Content.of(10, 2)));

    ObjectInfo other = store("other", new byte[0]);
    await(
        bucket.append("other", 0, bytes(7, 4), WriteOptions.defaults().ifVersion(other.version())));
    assertHolds("other", Content.of(7, 4));
  }

  @Test
  void anAppendElsewhereThanAtTheEndChangesNothing() throws Exception {
    if (!takesMoves()) {
      return;
    }
    store("object", Content.of(100, 1));
    for (long offset : new long[] {0, 99, 101, 1L << 40}) {
      assertThat(
              failure(
                  PreconditionFailedException.class, bucket.append("object", offset, bytes(10, 2))))
          .hasMessageContaining("object")
          .hasMessageContaining("does not end where");
    }
    failure(PreconditionFailedException.class, bucket.append("missing", 5, bytes(10, 2)));
    failure(ObjectNotFoundException.class, bucket.stat("missing"));
    assertHolds("object", Content.of(100, 1));
  }

  @Test
  void anAppendMayRequireAVersion() throws Exception {
    if (!takesMoves()) {
      return;
    }
    ObjectVersion first = store("object", Content.of(100, 1)).version();
    WriteOptions ifFirst = WriteOptions.defaults().ifVersion(first);
    await(bucket.append("object", 100, bytes(10, 2), ifFirst));
    failure(PreconditionFailedException.class, bucket.append("object", 110, bytes(10, 3), ifFirst));
    assertHolds("object", joined(Content.of(100, 1), Content.of(10, 2)));
  }

  @Test
  void appendsThatCannotWorkAreRefused() throws Exception {
    assertThatThrownBy(() -> bucket.append("object", -1, bytes(1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> bucket.append("object", 0, ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("object");
    assertThatThrownBy(() -> bucket.append("", 0, bytes(1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key must");
    if (!takesMoves()) {
      store("object", Content.of(100, 1));
      assertThat(failure(InvalidRequestException.class, bucket.append("object", 100, bytes(1, 1))))
          .hasMessageContaining("write the whole object");
      assertHolds("object", Content.of(100, 1));
    }
  }

  // Renaming.

  @Test
  void renameMovesTheObjectWithAllItHas() throws Exception {
    if (!takesMoves()) {
      return;
    }
    WriteOptions options =
        WriteOptions.defaults().contentType("text/plain").metadata(Map.of("owner", "me"));
    await(bucket.write("a/b c+d/\u00e9", bytes(100, 1), options));
    await(bucket.rename("a/b c+d/\u00e9", "x/y", RenameOptions.defaults()));
    failure(ObjectNotFoundException.class, bucket.stat("a/b c+d/\u00e9"));
    assertHolds("x/y", Content.of(100, 1));
    ObjectInfo moved = await(bucket.stat("x/y"));
    assertThat(moved.metadata()).isEqualTo(Map.of("owner", "me"));
    assertThat(moved.contentType()).contains("text/plain");
  }

  @Test
  void renameReplacesUnlessItMustNot() throws Exception {
    if (!takesMoves()) {
      return;
    }
    store("a", Content.of(10, 1));
    ObjectVersion there = store("b", Content.of(10, 2)).version();
    RenameOptions ifAbsent = RenameOptions.defaults().ifAbsent();
    failure(PreconditionFailedException.class, bucket.rename("a", "b", ifAbsent));
    assertHolds("b", Content.of(10, 2));
    await(bucket.rename("a", "b", RenameOptions.defaults().ifVersion(there)));
    assertHolds("b", Content.of(10, 1));
    store("c", Content.of(10, 3));
    failure(
        PreconditionFailedException.class,
        bucket.rename("c", "b", RenameOptions.defaults().ifVersion(there)));
    failure(
        PreconditionFailedException.class,
        bucket.rename("c", "d", RenameOptions.defaults().ifSourceVersion(there)));
    await(bucket.rename("c", "d", ifAbsent));
    assertHolds("d", Content.of(10, 3));
  }

  @Test
  void aRenameWithItsTokenIsDoneOnce() throws Exception {
    if (!takesMoves()) {
      return;
    }
    RenameOptions named = RenameOptions.defaults().clientToken("move-1");
    store("a", Content.of(10, 1));
    await(bucket.rename("a", "b", named));
    await(bucket.rename("a", "b", named));
    assertHolds("b", Content.of(10, 1));
  }

  @Test
  void renamesThatCannotWorkAreRefused() throws Exception {
    RenameOptions options = RenameOptions.defaults();
    assertThatThrownBy(() -> bucket.rename("a", "a", options))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bucket.rename("a/", "b", options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a/");
    assertThatThrownBy(() -> bucket.rename("a", "b/", options))
        .isInstanceOf(IllegalArgumentException.class);
    if (takesMoves()) {
      failure(ObjectNotFoundException.class, bucket.rename("missing", "b", options));
    } else {
      assertThat(failure(InvalidRequestException.class, bucket.rename("a", "b", options)))
          .hasMessageContaining("copy and delete");
    }
  }

  // Copying.

  @Test
  void copyKeepsBytesAndMetadata() throws Exception {
    WriteOptions options =
        WriteOptions.defaults().contentType("text/plain").metadata(Map.of("owner", "me"));
    ObjectInfo source = await(bucket.write("a/b c", bytes(100_000, 1), options));
    ObjectVersion copy = await(bucket.copy(CopyRequest.of("a/b c", "x/y")));
    assertHolds("a/b c", Content.of(100_000, 1));
    assertHolds("x/y", Content.of(100_000, 1));
    ObjectInfo copied = await(bucket.stat("x/y"));
    assertThat(copied.version()).isEqualTo(copy);
    assertThat(copied.metadata()).isEqualTo(Map.of("owner", "me"));
    assertThat(copied.contentType()).contains("text/plain");
    assertThat(await(bucket.stat("a/b c")).version()).isEqualTo(source.version());
  }

  @Test
  void copyMayHaveMetadataOfItsOwn() throws Exception {
    WriteOptions first =
        WriteOptions.defaults().contentType("text/plain").metadata(Map.of("owner", "me"));
    await(bucket.write("a", bytes(100, 1), first));
    WriteOptions own =
        WriteOptions.defaults().contentType("text/csv").metadata(Map.of("stage", "2"));
    await(bucket.copy(CopyRequest.of("a", "b").storedWith(own)));
    assertThat(await(bucket.stat("b")).metadata()).isEqualTo(Map.of("stage", "2"));
    if (copiesTakeMediaTypes()) {
      assertThat(await(bucket.stat("b")).contentType()).contains("text/csv");
    }
    await(bucket.copy(CopyRequest.of("a", "a").storedWith(own)));
    assertThat(await(bucket.stat("a")).metadata()).isEqualTo(Map.of("stage", "2"));
    assertHolds("a", Content.of(100, 1));
    assertThatThrownBy(() -> bucket.copy(CopyRequest.of("a", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("metadata");
  }

  @Test
  void copyKeepsItsConditions() throws Exception {
    ObjectVersion old = store("a", Content.of(10, 1)).version();
    ObjectVersion now = store("a", Content.of(10, 2)).version();
    failure(
        PreconditionFailedException.class,
        bucket.copy(CopyRequest.of("a", "b").ifSourceVersion(old)));
    failure(ObjectNotFoundException.class, bucket.stat("b"));
    await(bucket.copy(CopyRequest.of("a", "b").ifSourceVersion(now)));
    assertHolds("b", Content.of(10, 2));
    failure(ObjectNotFoundException.class, bucket.copy(CopyRequest.of("missing", "c")));
    if (takesConditionalCopies()) {
      store("c", Content.of(10, 3));
      CopyRequest ifAbsent =
          CopyRequest.of("a", "c").storedWith(WriteOptions.defaults().ifAbsent());
      failure(PreconditionFailedException.class, bucket.copy(ifAbsent));
      assertHolds("c", Content.of(10, 3));
    }
  }

  // Deleting.

  @Test
  void deleteIfVersionKeepsEveryOther() throws Exception {
    if (!takesConditionalDeletes()) {
      return;
    }
    ObjectVersion old = store("object", Content.of(10, 1)).version();
    ObjectVersion now = store("object", Content.of(10, 2)).version();
    failure(PreconditionFailedException.class, bucket.delete("object", old));
    assertHolds("object", Content.of(10, 2));
    await(bucket.delete("object", now));
    failure(ObjectNotFoundException.class, bucket.stat("object"));
  }

  @Test
  void deleteAllRemovesManyAndMissesNone() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1003; i++) {
      keys.add("dir" + i % 3 + "/<object> & \"" + i + "\"");
    }
    for (int i = 0; i < 1003; i += 59) {
      store(keys.get(i), Content.of(i));
    }
    store("kept", Content.of(1));
    List<CompletableFuture<Void>> outcomes = bucket.deleteAll(keys);
    assertThat(outcomes).hasSameSizeAs(keys);
    for (CompletableFuture<Void> outcome : outcomes) {
      await(outcome);
    }
    assertThat(keys(await(bucket.list(ListRequest.under(""))))).containsExactly("kept");
    assertThat(bucket.deleteAll(List.of())).isEmpty();
    assertThatThrownBy(() -> bucket.deleteAll(List.of("kept", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key must");
  }

  // Listing as a view.

  @Test
  void aListingGoesThroughAllPagesAndAnyPrefix() throws Exception {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      all.add("logs/2026-" + (i < 12 ? "11" : "12") + (i % 2 == 0 ? "/" : "-") + i);
      all.add("other/" + i);
    }
    for (String key : all) {
      store(key, Content.of(1));
    }
    assertLists(all, "");
    for (String prefix :
        List.of("logs/", "logs/2026-1", "logs/2026-11", "logs/2026-12/", "lo", "logs/2026-12-1")) {
      assertLists(all, prefix);
    }
    assertLists(all, "nothing");
    assertLists(all, "logs/nothing/at/all");
  }

  private void assertLists(List<String> all, String prefix) {
    List<String> expected = all.stream().filter(key -> key.startsWith(prefix)).toList();
    assertThat(BucketListing.under(bucket, prefix).pageSize(3))
        .as("under \"%s\"", prefix)
        .extracting(ObjectInfo::key)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(BucketListing.under(bucket, prefix).stream().count()).isEqualTo(expected.size());
  }

  // Everything at once.

  @Test
  void randomChangesMatchAModelInMemory() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("randomChangesMatchAModelInMemory: -Dexpressway.seed=" + seed);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Map<String, byte[]> model = new TreeMap<>();
    for (int step = 0; step < STEPS; step++) {
      String from = "dir" + random.nextInt(2) + "/object" + random.nextInt(4);
      String to = "dir" + random.nextInt(2) + "/object" + random.nextInt(4);
      String where = "seed " + seed + ", step " + step + ", " + from + ", " + to;
      change(model, from, to, random, where);
      if (random.nextInt(10) == 0) {
        assertMatches(model, where);
      }
    }
    assertMatches(model, "seed " + seed + ", at the end");
  }

  private void change(
      Map<String, byte[]> model, String from, String to, RandomGenerator random, String where)
      throws Exception {
    switch (random.nextInt(7)) {
      case 0 -> {
        model.put(from, Content.of(random.nextInt(5000), random.nextLong()));
        store(from, model.get(from));
      }
      case 1 -> writeIfAbsent(model, from, Content.of(random.nextInt(100), random.nextLong()));
      case 2, 3 -> append(model, from, Content.of(1 + random.nextInt(900), random.nextLong()));
      case 4 -> rename(model, from, to);
      case 5 -> copy(model, from, to);
      default -> {
        for (CompletableFuture<Void> outcome : bucket.deleteAll(List.of(from, to))) {
          await(outcome);
        }
        model.remove(from);
        model.remove(to);
      }
    }
    byte[] expected = model.get(from);
    if (expected == null) {
      failure(ObjectNotFoundException.class, bucket.stat(from));
    } else {
      assertThat(await(bucket.stat(from)).size()).as(where).isEqualTo(expected.length);
    }
  }

  private void writeIfAbsent(Map<String, byte[]> model, String key, byte[] content)
      throws Exception {
    CompletableFuture<ObjectInfo> write =
        bucket.write(key, ByteBuffer.wrap(content), WriteOptions.defaults().ifAbsent());
    if (model.putIfAbsent(key, content) == null) {
      await(write);
    } else {
      failure(PreconditionFailedException.class, write);
    }
  }

  private void append(Map<String, byte[]> model, String key, byte[] content) throws Exception {
    if (!takesMoves()) {
      return;
    }
    byte[] before = model.getOrDefault(key, new byte[0]);
    await(bucket.append(key, before.length, ByteBuffer.wrap(content)));
    model.put(key, joined(before, content));
  }

  private void rename(Map<String, byte[]> model, String from, String to) throws Exception {
    if (!takesMoves() || from.equals(to)) {
      return;
    }
    CompletableFuture<Void> renamed = bucket.rename(from, to, RenameOptions.defaults());
    byte[] moved = model.remove(from);
    if (moved == null) {
      failure(ObjectNotFoundException.class, renamed);
    } else {
      await(renamed);
      model.put(to, moved);
    }
  }

  private void copy(Map<String, byte[]> model, String from, String to) throws Exception {
    if (from.equals(to)) {
      return;
    }
    CompletableFuture<ObjectVersion> copied = bucket.copy(CopyRequest.of(from, to));
    byte[] content = model.get(from);
    if (content == null) {
      failure(ExpressException.class, copied);
    } else {
      await(copied);
      model.put(to, content);
    }
  }

  private void assertMatches(Map<String, byte[]> model, String where) throws Exception {
    assertThat(BucketListing.of(bucket).pageSize(3))
        .as(where)
        .extracting(ObjectInfo::key)
        .containsExactlyInAnyOrderElementsOf(model.keySet());
    for (Map.Entry<String, byte[]> entry : model.entrySet()) {
      assertHolds(entry.getKey(), entry.getValue());
    }
  }
}
