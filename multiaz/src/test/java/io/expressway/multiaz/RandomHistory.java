package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ByteRange;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What clients in two processes do to two keys, drawn from a seed, while three zones in memory go
 * away and come back, processes reach some of them and not others, are killed and begin anew with
 * another clock, and what replicas lack is brought to them. Used once, by one thread.
 *
 * <p>At the end all of that is over but for what a policy survives for good, and those keys are
 * read once more by somebody new: that must not fail.
 */
final class RandomHistory {
  /** What a client may do next. */
  enum Kind {
    READ,
    WRITE,
    DELETE,
    /** A write of a free key. */
    CREATE,
    /** A write of a key that nobody has begun to write; else it is read. */
    WRITE_ONCE,
    /** The same, on the condition that the key is free. */
    CREATE_ONCE,
    /** A write over what the client saw last. */
    REPLACE,
    /** A delete of what the client saw last. */
    DELETE_SEEN
  }

  /** What is spared, where the documentation says that it is not borne. */
  enum Spared {
    /** Only the first process changes anything. */
    SECOND_WRITER,
    /** Nothing is brought to replicas meanwhile. */
    REPAIR
  }

  /**
   * What is done, and under which promises.
   *
   * @param kinds one is drawn for each call
   * @param leeways what the documentation leaves open
   */
  record Setting(
      WritePolicy writes,
      ReadConsistency reads,
      List<Kind> kinds,
      Set<Spared> spared,
      Set<RegisterHistory.Leeway> leeways) {
    static Setting of(WritePolicy writes, ReadConsistency reads, Kind... kinds) {
      return new Setting(writes, reads, List.of(kinds), Set.of(), Set.of());
    }

    Setting sparing(Spared... known) {
      return new Setting(writes, reads, kinds, Set.of(known), leeways);
    }

    Setting leaving(RegisterHistory.Leeway... open) {
      return new Setting(writes, reads, kinds, spared, Set.of(open));
    }

    boolean spares(Spared trouble) {
      return spared.contains(trouble);
    }
  }

  private static final int HISTORIES = Integer.getInteger("expressway.histories", 1000);
  private static final List<String> KEYS = List.of("a", "b");
  private static final int CALLS = 7;
  private static final int TROUBLES = 5;
  private static final int TROUBLE_TICKS = 150;
  private static final int MENDS = 3;
  private static final int TICKS = 400;
  private static final long EPOCH_MILLIS = 1_800_000_000_000L;

  /** Wrong by less than a call takes, by more, and by hours. */
  private static final long[] SKEWS_MILLIS = {0, 0, 5, -5, 100, -100, 3_600_000, -3_600_000};

  private final Setting setting;
  private final MultiAzOptions options;
  private final Simulation simulation;
  private final SplittableRandom random;
  private final List<MemoryBucket.Store> stores =
      ThreeZones.IDS.stream().map(MemoryBucket.Store::new).toList();
  private final List<RegisterHistory> histories;
  private final List<Machine> opened = new ArrayList<>();
  private final Machine[] machines = new Machine[2];
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger values = new AtomicInteger();
  private final AtomicInteger owed = new AtomicInteger();
  private final Set<Integer> written = new HashSet<>();
  private final List<String> lost = new ArrayList<>();

  RandomHistory(long seed, Setting setting) {
    this.setting = setting;
    this.options =
        MultiAzOptions.defaults()
            .writes(setting.writes())
            .reads(setting.reads())
            .laggingBytes(new SplittableRandom(seed).nextInt(2) << 16)
            .listener(
                new MultiAzListener() {
                  @Override
                  public void onOwed(String key, String zone) {
                    owed.incrementAndGet();
                  }
                })
            .keepWarm(Duration.ofHours(1))
            .firstHedgeAfter(Duration.ofHours(1)); // in real time: it would not be the seed's
    this.simulation = new Simulation(seed);
    this.random = new SplittableRandom(seed);
    this.histories = KEYS.stream().map(key -> new RegisterHistory(setting.leeways())).toList();
  }

  /** Where the histories of a test begin: printed, so that they can be drawn again. */
  static long seed() {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("RandomHistory: -Dexpressway.seed=" + seed);
    return seed;
  }

  /** Draws a thousand, unless told, of which each key's must be so. */
  static void assertHolds(Setting setting, Predicate<RegisterHistory> isAsPromised)
      throws InterruptedException {
    long seed = seed();
    int owed = 0;
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory history = new RandomHistory(seed + i, setting);
      assertThat(history.holds(isAsPromised)).as("seed %s: %s", seed + i, history).isTrue();
      owed += history.owed.get();
    }
    assertThat(owed).as("keys that zones were left out of, seed %s", seed).isPositive();
  }

  /** Whether each key's history is as it should be, and was to be read at the end. */
  boolean holds(Predicate<RegisterHistory> isAsPromised) throws InterruptedException {
    run();
    return lost.isEmpty() && isAlways(isAsPromised);
  }

  /** Whether each key's history is so. */
  boolean isAlways(Predicate<RegisterHistory> so) {
    return histories.stream().allMatch(so);
  }

  void run() throws InterruptedException {
    try {
      machines[0] = new Machine();
      machines[1] = new Machine();
      int clients = 2 + random.nextInt(3);
      busy.set(clients);
      for (int i = 0; i < clients; i++) {
        new Client(i % 2, random.split()).next();
      }
      for (int i = 0; i < TROUBLES; i++) {
        unlessCalm(random.nextInt(TICKS), trouble());
      }
      for (int i = 0; i < (setting.spares(Spared.REPAIR) ? 0 : MENDS); i++) {
        unlessCalm(random.nextInt(TICKS), mend());
      }
      simulation.run(() -> busy.get() == 0);
      afterwards();
    } finally {
      opened.stream().filter(Machine::isDead).forEach(Machine::bury);
      simulation.finish(); // a set that is closed waits for what lags
      opened.forEach(machine -> machine.set.close());
    }
    simulation.finish();
  }

  // Who there is.

  /** A process: its links to the zones, and its clock. */
  private final class Machine {
    private final List<MemoryBucket> links =
        stores.stream().map(store -> new MemoryBucket(store, simulation)).toList();
    private final MultiAzBucket set;
    private final CompletableFuture<Void> death = new CompletableFuture<>();

    Machine() {
      long ahead = EPOCH_MILLIS + SKEWS_MILLIS[random.nextInt(SKEWS_MILLIS.length)];
      StampClock clock = new StampClock(() -> ahead + simulation.now(), random.nextLong() >>> 1);
      set = MultiAzBucket.of(options, links, clock);
      opened.add(this);
    }

    boolean isDead() {
      return death.isDone();
    }

    void kill() {
      links.forEach(MemoryBucket::kill);
      death.complete(null);
    }

    /** Nothing waits any more for answers that it does not hear. */
    void bury() {
      links.forEach(MemoryBucket::close);
    }
  }

  private record Known(String value, ObjectVersion version) {}

  /** One call after the other; when its process dies it goes on in the next. */
  private final class Client {
    private final int home;
    private final SplittableRandom own;
    private final @Nullable Known[] known = new Known[KEYS.size()];
    private int left = CALLS;

    Client(int home, SplittableRandom own) {
      this.home = home;
      this.own = own;
    }

    void next() {
      if (left == 0) {
        busy.decrementAndGet();
        return;
      }
      left--;
      simulation.after(
          own.nextInt(20),
          () -> {
            Machine machine = machines[home];
            Kind drawn = setting.kinds().get(own.nextInt(setting.kinds().size()));
            boolean mayChange = home == 0 || !setting.spares(Spared.SECOND_WRITER);
            CompletableFuture<?> call =
                call(machine, own.nextInt(KEYS.size()), mayChange ? drawn : Kind.READ);
            CompletableFuture.anyOf(call, machine.death).whenComplete((done, why) -> next());
          });
    }

    private CompletableFuture<?> call(Machine machine, int key, Kind kind) {
      Known last = known[key];
      WriteOptions plain = WriteOptions.defaults();
      return switch (kind) {
        case READ -> read(machine, key);
        case WRITE -> write(machine, key, plain, null);
        case CREATE -> write(machine, key, plain.ifAbsent(), "");
        case WRITE_ONCE -> isFirst(key) ? write(machine, key, plain, null) : read(machine, key);
        case CREATE_ONCE ->
            isFirst(key) ? write(machine, key, plain.ifAbsent(), "") : read(machine, key);
        case REPLACE ->
            last == null
                ? read(machine, key)
                : write(machine, key, plain.ifVersion(last.version()), last.value());
        case DELETE -> changed(machine, key, "", null, machine.set.delete(KEYS.get(key)));
        case DELETE_SEEN ->
            last == null
                ? read(machine, key)
                : changed(
                    machine,
                    key,
                    "",
                    last.value(),
                    machine.set.delete(KEYS.get(key), last.version()));
      };
    }

    private boolean isFirst(int key) {
      return written.add(key);
    }

    private CompletableFuture<?> write(
        Machine machine, int key, WriteOptions how, @Nullable String required) {
      String value = String.valueOf(values.incrementAndGet());
      ByteBuffer body = ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII));
      return changed(machine, key, value, required, machine.set.write(KEYS.get(key), body, how))
          .thenAccept(
              info -> {
                if (!machine.isDead()) {
                  known[key] = new Known(value, info.version());
                }
              });
    }

    /** Nothing of a call is over before the simulation goes on: it begins here. */
    private <T> CompletableFuture<T> changed(
        Machine machine,
        int key,
        String value,
        @Nullable String required,
        CompletableFuture<T> change) {
      RegisterHistory history = histories.get(key);
      int call = history.beginChange(value, required);
      return change.whenComplete(
          (done, why) -> {
            if (machine.isDead()) {
              return;
            }
            if (why == null) {
              history.done(call);
            } else if (required != null && isRefusal(Fleet.cause(why))) {
              history.refused(call);
            }
          });
    }

    private CompletableFuture<?> read(Machine machine, int key) {
      RegisterHistory history = histories.get(key);
      int call = history.beginRead();
      return machine
          .set
          .read(KEYS.get(key), ByteRange.all())
          .whenComplete(
              (slice, why) -> {
                Known found = slice == null ? null : known(slice);
                if (machine.isDead()) {
                  return;
                }
                if (found != null) {
                  history.read(call, found.value());
                  known[key] = found;
                } else if (Fleet.cause(why) instanceof ObjectNotFoundException) {
                  history.read(call, "");
                }
              });
    }
  }

  private static boolean isRefusal(@Nullable Throwable why) {
    return why instanceof PreconditionFailedException || why instanceof ObjectNotFoundException;
  }

  private static Known known(Slice slice) {
    try (slice) {
      String value = new String(slice.toByteArray(), StandardCharsets.US_ASCII);
      return new Known(value, slice.info().version());
    }
  }

  // What happens to them.

  private void unlessCalm(int ticks, Runnable happens) {
    simulation.after(
        ticks,
        () -> {
          if (!simulation.isCalm()) {
            happens.run();
          }
        });
  }

  private Runnable trouble() {
    int kind = random.nextInt(5);
    int process = random.nextInt(machines.length);
    int zone = random.nextInt(stores.size());
    int ticks = random.nextInt(TROUBLE_TICKS);
    return () -> {
      switch (kind) {
        case 0 -> {
          stores.get(zone).down(true);
          unlessCalm(ticks, () -> stores.get(zone).down(false));
        }
        case 1 -> disturb(machines[process].links.get(zone), MemoryBucket.Link.CUT, ticks);
        case 2 -> disturb(machines[process].links.get(zone), MemoryBucket.Link.MUTE, ticks);
        case 3 -> misjudge(machines[process].set.kit().replicas().get(zone).breaker(), ticks);
        default -> {
          Machine killed = machines[process];
          machines[process] = new Machine();
          killed.kill();
        }
      }
    };
  }

  private void disturb(MemoryBucket link, MemoryBucket.Link how, int ticks) {
    link.link(how);
    simulation.after(ticks, () -> link.link(MemoryBucket.Link.WHOLE));
  }

  /** One process takes a zone for lost, as it may or may not be, and leaves it out. */
  private void misjudge(CircuitBreaker zone, int ticks) {
    zone.transitionToOpenState();
    simulation.after(ticks, zone::transitionToClosedState);
  }

  /** As what is owed is paid, and as Repair does it. */
  private Runnable mend() {
    int process = random.nextInt(machines.length);
    boolean isLed = setting.writes().isPrimary(); // nothing is brought to the primary
    int zone = isLed ? 1 + random.nextInt(stores.size() - 1) : random.nextInt(stores.size());
    String key = KEYS.get(random.nextInt(KEYS.size()));
    return () -> {
      Kit kit = machines[process].set.kit();
      var unused = kit.mending().mend(kit.replicas().get(zone), key, isLed);
    };
  }

  // What is left.

  private void afterwards() throws InterruptedException {
    simulation.calm();
    int survivor = random.nextInt(stores.size());
    if (setting.writes().isQuorum()) {
      readAllBut(Set.of(survivor));
    } else if (setting.writes().isPrimary()) {
      readAllBut(Set.of(1 + survivor % 2));
    } else {
      readAllBut(Set.of(1, 2));
      readAllBut(Set.of(0, 2));
      readAllBut(Set.of(0, 1));
    }
  }

  /** By somebody new, while these zones are lost. */
  private void readAllBut(Set<Integer> gone) throws InterruptedException {
    for (int i = 0; i < stores.size(); i++) {
      stores.get(i).down(gone.contains(i));
    }
    machines[0] = new Machine();
    Client late = new Client(0, random.split());
    for (int key = 0; key < KEYS.size(); key++) {
      String name = KEYS.get(key) + " without " + gone;
      CompletableFuture<?> read = late.read(machines[0], key);
      simulation.run(read::isDone);
      if (read.handle((slice, why) -> isLost(why)).join()) {
        lost.add(name);
      }
    }
  }

  private static boolean isLost(@Nullable Throwable why) {
    return why != null && !(Fleet.cause(why) instanceof ObjectNotFoundException);
  }

  @Override
  public String toString() {
    return histories + (lost.isEmpty() ? "" : ", not to be read: " + lost);
  }
}
