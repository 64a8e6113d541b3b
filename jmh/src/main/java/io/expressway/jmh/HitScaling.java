package io.expressway.jmh;

import io.expressway.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * How much more two threads do than one: hits in memory, look-ups, and arithmetic that needs
 * nothing but a core. The three follow each other in stretches of some milliseconds, one thread,
 * both, the other thread, both, so that whatever slows the machine slows all of them.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.HitScaling --cycles 60 --out docs/benchmarks
 * </pre>
 */
public final class HitScaling {
  private static final int BATCH = 256;
  private static final long STRETCH_NANOS = 50_000_000;
  private static final int STRETCHES = 4;
  private static final int WARM_CYCLES = 20;
  private static final int ARITHMETIC_STEPS = 60;
  private static final double LEAST_SPEED_UP = 1.8;
  private static final String OURS = "expressway, ";

  /** Some work, done {@value #BATCH} times. */
  private interface Work {
    long batch();
  }

  /** What one thread did in one stretch. Written by it, read by the other after the barrier. */
  private static final class Worker {
    private long sink;
    private double perNano;

    void work(Work work) {
      long began = System.nanoTime();
      long batches = 0;
      long sum = 0; // written once: what both write often must not lie side by side
      long now;
      do {
        sum += work.batch();
        batches++;
        now = System.nanoTime();
      } while (now - began < STRETCH_NANOS);
      sink += sum;
      perNano = (double) batches * BATCH / (now - began);
    }
  }

  /** What is done, and what came of it in each cycle. */
  private record Subject(String name, Work work, List<Double> speedUps, List<Double> nanos) {
    Subject(String name, Work work) {
      this(name, work, new ArrayList<>(), new ArrayList<>());
    }

    boolean isOurs() {
      return name.startsWith(OURS);
    }
  }

  private final List<Subject> subjects = new ArrayList<>();
  private final CyclicBarrier barrier = new CyclicBarrier(2);
  private final Worker mine = new Worker();
  private final Worker other = new Worker();
  private final int cycles;

  private HitScaling(int cycles) {
    this.cycles = cycles;
  }

  /** Measures, prints the table and writes it. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(Set.of("cycles", "out"), args);
    HitScaling scaling = new HitScaling(arguments.number("cycles", 60));
    CacheHit.Maps maps = new CacheHit.Maps();
    maps.fill();
    List<CacheHit.Cached> opened = new ArrayList<>();
    try {
      scaling.subjects.add(new Subject("arithmetic", HitScaling::arithmetic));
      scaling.subjects.add(new Subject("ConcurrentHashMap's get", () -> mapGets(maps)));
      scaling.subjects.add(new Subject("Caffeine's getIfPresent", () -> caffeineGets(maps)));
      for (int bytes : new int[] {4 << 10, 64 << 10, 1 << 20}) {
        CacheHit.Cached cached = new CacheHit.Cached();
        opened.add(cached);
        cached.bytes = bytes;
        cached.freshness = "immutable";
        cached.open();
        scaling.subjects.add(new Subject(OURS + (bytes >> 10) + " KiB", () -> hits(cached)));
      }
      scaling.run();
    } finally {
      opened.forEach(CacheHit.Cached::close);
    }
    scaling.report(Files.createDirectories(Path.of(arguments.text("out", "."))));
  }

  // What is done.

  private static long arithmetic() {
    long value = System.nanoTime() | 1;
    for (int i = 0; i < BATCH * ARITHMETIC_STEPS; i++) {
      value ^= value << 13;
      value ^= value >>> 7;
      value ^= value << 17;
    }
    return value;
  }

  private static long mapGets(CacheHit.Maps maps) {
    CacheHit.Walk walk = new CacheHit.Walk();
    long length = 0;
    for (int i = 0; i < BATCH; i++) {
      length += String.valueOf(CacheHit.mapGet(maps, walk)).length();
    }
    return length;
  }

  private static long caffeineGets(CacheHit.Maps maps) {
    CacheHit.Walk walk = new CacheHit.Walk();
    long length = 0;
    for (int i = 0; i < BATCH; i++) {
      length += String.valueOf(CacheHit.caffeineGet(maps, walk)).length();
    }
    return length;
  }

  private static long hits(CacheHit.Cached cached) {
    CacheHit.Walk walk = new CacheHit.Walk();
    long length = 0;
    for (int i = 0; i < BATCH; i++) {
      try (Slice slice = CacheHit.read(cached, walk).join()) {
        length += slice.length();
      }
    }
    return length;
  }

  // By whom.

  private void run() throws Exception {
    Thread second = new Thread(() -> attend(other, 1), "second");
    second.setDaemon(true);
    second.start();
    for (int cycle = 0; cycle < WARM_CYCLES + cycles; cycle++) {
      for (Subject each : subjects) {
        double single = 0;
        double both = 0;
        for (int stretch = 0; stretch < STRETCHES; stretch++) {
          meet();
          takePart(mine, 0, each.work(), stretch);
          meet();
          single += stretch % 2 == 0 ? (stretch == 0 ? mine : other).perNano / 2 : 0;
          both += stretch % 2 == 1 ? (mine.perNano + other.perNano) / 2 : 0;
        }
        if (cycle >= WARM_CYCLES) {
          each.speedUps().add(both / single);
          each.nanos().add(1 / single);
        }
      }
    }
    second.join();
    System.err.println("bytes lent, and more: " + (mine.sink + other.sink));
  }

  /** The second thread goes through the same stretches. */
  private void attend(Worker worker, int which) {
    for (int cycle = 0; cycle < WARM_CYCLES + cycles; cycle++) {
      for (Subject each : subjects) {
        for (int stretch = 0; stretch < STRETCHES; stretch++) {
          meet();
          takePart(worker, which, each.work(), stretch);
          meet();
        }
      }
    }
  }

  /** The first stretch is the first thread's, the third the second's, the others both's. */
  private static void takePart(Worker worker, int which, Work work, int stretch) {
    if (stretch % 2 == 1 || stretch / 2 == which) {
      worker.work(work);
    }
  }

  private void meet() {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException("the other thread is gone", e);
    }
  }

  // What came of it.

  private void report(Path out) throws IOException {
    StringBuilder text = new StringBuilder("# Two threads beside one\n\n");
    text.append(JmhRounds.environment("jmh/run scaling"));
    text.append(
        "The work of two threads over that of one, for hits in memory from the call to the closed"
            + " slice, and for what else there is to compare with. One thread, both, the other and"
            + " both take turns of 50 ms; the median and the quartiles of ");
    text.append(cycles);
    text.append(
        " such turns. Arithmetic needs nothing but a core: it says what the machine itself gives"
            + " two threads.\n\n| | ns | speed-up | quartiles |\n|---|---|---|---|\n");
    List<String> json = new ArrayList<>();
    for (Subject each : subjects) {
      Rounds.Quartiles more = Rounds.quartiles(each.speedUps());
      double time = Rounds.median(each.nanos());
      text.append(
          format(
              "| %s | %.1f | %.2f | %.2f to %.2f |%n",
              each.name(), time, more.median(), more.low(), more.high()));
      json.add(
          format(
              "{\"work\":\"%s\",\"nanos\":%.2f,\"speedUp\":%.3f,\"low\":%.3f,\"high\":%.3f}",
              each.name(), time, more.median(), more.low(), more.high()));
    }
    List<Verdict> verdicts = verdicts();
    text.append('\n').append(Verdict.table("hits", verdicts));
    Report.publish(
        out, "hit-scaling", text.toString(), "[\n" + String.join(",\n", json) + "\n]\n", verdicts);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private List<Verdict> verdicts() {
    double control = Rounds.median(subjects.get(0).speedUps());
    return subjects.stream()
        .filter(Subject::isOurs)
        .map(
            each ->
                Verdict.ofRounds(
                        "a hit in memory, " + each.name().substring(OURS.length()),
                        "work of two threads beside one's",
                        "≥ 1.8 ×",
                        "×",
                        each.speedUps(),
                        ratio -> ratio >= LEAST_SPEED_UP)
                    .beside(format("arithmetic %.2f ×", control)))
        .toList();
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
