package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ByteRange;
import io.expressway.ObjectNotFoundException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Quorum writes and quorum reads are one register for each key, whatever zones and clients do:
 * random histories, each checked for an order that explains it.
 */
@Tag("one-jdk")
final class LinearizabilityTest {
  private static final int HISTORIES = Integer.getInteger("expressway.histories", 1000);
  private static final int CALLS = 7;
  private static final List<String> KEYS = List.of("a", "b");

  private static long seed() {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("LinearizabilityTest: -Dexpressway.seed=" + seed);
    return seed;
  }

  @Test
  void theCheckKnowsAStaleReadAndALostWrite() {
    RegisterHistory stale = new RegisterHistory();
    stale.written(stale.beginWrite("1"));
    stale.written(stale.beginWrite("2"));
    stale.read(stale.beginRead(), "2");
    assertThat(stale.isLinearizable()).isTrue();
    stale.read(stale.beginRead(), "1");
    assertThat(stale.isLinearizable()).isFalse();
    RegisterHistory lost = new RegisterHistory();
    int unknown = lost.beginWrite("1");
    lost.read(lost.beginRead(), "");
    lost.read(lost.beginRead(), "1");
    assertThat(lost.isLinearizable()).as("it took effect between").isTrue();
    lost.read(lost.beginRead(), "");
    assertThat(lost.isLinearizable()).as("and cannot be undone, %s", unknown).isFalse();
  }

  @Test
  void quorumWritesAndReadsAreOneRegister() throws Exception {
    long seed = seed();
    for (int i = 0; i < HISTORIES; i++) {
      new Run(seed + i, WritePolicy.quorum(), ReadConsistency.quorum(), 5).check();
    }
  }

  @Test
  void thePrimaryIsOneRegisterToo() throws Exception {
    long seed = seed();
    for (int i = 0; i < HISTORIES / 5; i++) {
      new Run(seed + i, WritePolicy.primary(), ReadConsistency.quorum(), 5).check();
    }
  }

  /** Reads beside a write may see it come and go; those after it see it. */
  @Test
  void whatIsDoneEverywhereIsReadAnywhere() throws Exception {
    long seed = seed();
    for (int i = 0; i < HISTORIES / 5; i++) {
      Run run = new Run(seed + i, WritePolicy.all(), ReadConsistency.any(), 1);
      run.run();
      assertThat(run.histories).as("seed %s", seed + i).allMatch(RegisterHistory::isRegular);
    }
  }

  @Test
  void readsOfAnyReplicaAreNotAndTheCheckSeesIt() throws Exception {
    long seed = seed();
    int violations = 0;
    for (int i = 0; i < 200 && violations == 0; i++) {
      violations +=
          new Run(seed + i, WritePolicy.quorum(), ReadConsistency.any(), 5).isLinearizable()
              ? 0
              : 1;
    }
    assertThat(violations).as("seed %s", seed).isPositive();
  }

  /** One history over replicas in memory, with two processes of two clients each. */
  private static final class Run {
    private final long seed;
    private final Simulation simulation;
    private final SplittableRandom random;
    private final List<MemoryBucket.Store> stores = new ArrayList<>();
    private final List<RegisterHistory> histories =
        KEYS.stream().map(key -> new RegisterHistory()).toList();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger values = new AtomicInteger();
    private final MultiAzOptions options;
    private final int writers;

    /** {@code writers} at most, of those clients that there are. */
    Run(long seed, WritePolicy writes, ReadConsistency reads, int writers) {
      this.seed = seed;
      this.options =
          MultiAzOptions.defaults().writes(writes).reads(reads).keepWarm(Duration.ofHours(1));
      this.writers = writers;
      this.simulation = new Simulation(seed);
      this.random = new SplittableRandom(seed);
      ThreeZones.IDS.forEach(zone -> stores.add(new MemoryBucket.Store(zone)));
    }

    void check() throws Exception {
      boolean isLinearizable = isLinearizable();
      assertThat(isLinearizable).as("seed %s: %s", seed, histories).isTrue();
    }

    boolean isLinearizable() throws Exception {
      run();
      return histories.stream().allMatch(RegisterHistory::isLinearizable);
    }

    void run() throws Exception {
      int clients = 2 + random.nextInt(3);
      left.set(clients);
      try (MultiAzBucket one = open();
          MultiAzBucket two = open()) {
        for (int i = 0; i < clients; i++) {
          SplittableRandom own = new SplittableRandom(random.nextLong());
          next(i % 2 == 0 ? one : two, CALLS, i < writers, own);
        }
        trouble(4);
        simulation.run(() -> left.get() == 0);
      }
      simulation.finish();
    }

    private MultiAzBucket open() {
      return MultiAzBucket.of(
          options, stores.stream().map(store -> new MemoryBucket(store, simulation)).toList());
    }

    /** One zone after the other goes away for a while, sometimes two at once. */
    private void trouble(int times) {
      for (int i = 0; i < times; i++) {
        MemoryBucket.Store store = stores.get(random.nextInt(stores.size()));
        long from = random.nextInt(400);
        simulation.after(from, () -> store.down(true));
        simulation.after(from + random.nextInt(150), () -> store.down(false));
      }
    }

    private void next(MultiAzBucket client, int calls, boolean isWriter, SplittableRandom own) {
      if (calls == 0) {
        left.decrementAndGet();
        return;
      }
      simulation.after(
          own.nextInt(20),
          () -> {
            int key = own.nextInt(KEYS.size());
            CompletableFuture<?> call =
                isWriter && own.nextInt(5) < 2 ? write(client, key) : read(client, key);
            call.whenComplete((done, why) -> next(client, calls - 1, isWriter, own));
          });
    }

    private CompletableFuture<?> write(MultiAzBucket client, int key) {
      String value = String.valueOf(values.incrementAndGet());
      RegisterHistory history = histories.get(key);
      int call = history.beginWrite(value);
      ByteBuffer body = ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII));
      return client
          .write(KEYS.get(key), body, WriteOptions.defaults())
          .whenComplete(
              (info, why) -> {
                if (why == null) {
                  history.written(call);
                }
              });
    }

    private CompletableFuture<?> read(MultiAzBucket client, int key) {
      RegisterHistory history = histories.get(key);
      int call = history.beginRead();
      return client
          .read(KEYS.get(key), ByteRange.all())
          .whenComplete(
              (slice, why) -> {
                if (slice != null) {
                  history.read(call, text(slice));
                } else if (Fleet.cause(why) instanceof ObjectNotFoundException) {
                  history.read(call, "");
                }
              });
    }
  }

  private static String text(Slice slice) {
    try (slice) {
      return new String(slice.toByteArray(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void overRealConnectionsToo() throws Exception {
    long seed = seed();
    try (ThreeZones zones = new ThreeZones()) {
      for (int i = 0; i < 30; i++) {
        overHttp(zones, seed + i);
      }
    }
  }

  private static void overHttp(ThreeZones zones, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    RegisterHistory history = new RegisterHistory();
    MultiAzOptions options = MultiAzOptions.defaults().reads(ReadConsistency.quorum());
    try (MultiAzBucket one = MultiAzBucket.of(options, zones.newBuckets());
        MultiAzBucket two = MultiAzBucket.of(options, zones.sameBuckets())) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        SplittableRandom own = random.split();
        MultiAzBucket set = i == 0 ? one : two;
        String name = "c" + i;
        clients.add(new Thread(() -> calls(set, history, own, name)));
      }
      int struck = random.nextInt(3);
      for (int i = 0; i < 3; i++) {
        zones.zone(i).inject(Fault.resetBeforeHead().withProbability(0.05, seed + i));
        zones.zone(i).inject(Fault.delay(Duration.ofMillis(5)).withProbability(0.2, seed + i));
      }
      clients.forEach(Thread::start);
      zones.zone(struck).stop();
      zones.zone(struck).start();
      for (Thread client : clients) {
        client.join();
      }
    } finally {
      for (int i = 0; i < 3; i++) {
        zones.zone(i).clearFaults();
      }
    }
    assertThat(history.isLinearizable()).as("seed %s: %s", seed, history).isTrue();
  }

  private static void calls(
      MultiAzBucket set, RegisterHistory history, SplittableRandom own, String name) {
    for (int i = 0; i < 6; i++) {
      if (own.nextBoolean()) {
        String value = name + i;
        int call = history.beginWrite(value);
        ByteBuffer body = ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII));
        if (isGood(set.write("key", body, WriteOptions.defaults()))) {
          history.written(call);
        }
      } else {
        int call = history.beginRead();
        try (Slice slice = ThreeZones.await(set.read("key", ByteRange.all()))) {
          history.read(call, new String(slice.toByteArray(), StandardCharsets.US_ASCII));
        } catch (ObjectNotFoundException absent) {
          history.read(call, "");
        } catch (Exception failed) {
          // a read that failed says nothing
        }
      }
    }
  }

  private static boolean isGood(CompletableFuture<?> call) {
    return call.handle((done, why) -> why == null).join();
  }
}
