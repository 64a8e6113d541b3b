package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * What a client adds to a service that is modelled on S3 Express: each read's time less the delay
 * that the server logged for it, for every client by turns; then 8 MiB in parallel ranges, and how
 * throughput grows with the reads under way.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.ModelledService
 *   --rounds 9 --reads 300 --out docs/benchmarks
 * </pre>
 *
 * <p>Of one reader whose reads follow each other the first delay is the first read's, and so on.
 * Reads during which a server's process did not run for 2 ms or more, or a core for half a
 * millisecond, are left out and shown beside: {@link Pauses}, {@link CoreWatch}.
 */
public final class ModelledService {
  static final int PARTS = 16;
  static final int PART_BYTES = 512 << 10;
  static final List<Integer> UNDER_WAY = List.of(1, 4, 16, 32, 64, 128);
  private static final int READS_EACH = 250;
  private static final int FEW_WARM_READS = 2_000; // for medians, of tens of milliseconds

  private final int rounds;
  private final int reads;
  private final List<RangeClients> clients = new ArrayList<>();
  private final ModelledServiceReport report;
  private final Pauses pauses = Pauses.watch();

  private ModelledService(Arguments arguments) {
    this.rounds = arguments.number("rounds", 9);
    this.reads = arguments.number("reads", 300);
    this.report = new ModelledServiceReport(rounds, reads);
    String names = arguments.text("clients", "");
    if (names.isEmpty()) {
      clients.addAll(RangeClients.usual());
    } else {
      for (String name : names.split(",", -1)) {
        clients.add(RangeClients.valueOf(name));
      }
    }
  }

  /** Measures, prints the report and writes it. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(Set.of("rounds", "reads", "clients", "out"), args);
    ModelledService service = new ModelledService(arguments);
    try (ZoneProcesses zones = new ZoneProcesses(2, ZoneProcesses.Model.EXPRESS)) {
      System.err.println("what clients add");
      service.shares(zones);
      System.err.println("8 MiB at once");
      service.inParallel(zones);
    }
    try (ZoneProcesses zones = new ZoneProcesses(1, ZoneProcesses.Model.STEADY)) {
      System.err.println("reads under way");
      service.underWay(zones.address(0));
    }
    try (ZoneProcesses express = new ZoneProcesses(1, ZoneProcesses.Model.EXPRESS);
        ZoneProcesses standard = new ZoneProcesses(1, ZoneProcesses.Model.STANDARD)) {
      System.err.println("beside S3 Standard");
      service.besideStandard(express, standard);
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    service.report.write(out);
    System.exit(Verdict.noneFails(service.report.verdicts()) ? 0 : 1);
  }

  // What the client adds.

  private void shares(ZoneProcesses zones) throws IOException {
    Map<RangeClients, ServerProcess> opened = new LinkedHashMap<>();
    try (CoreWatch cores =
        CoreWatch.of(List.of(ZoneProcesses.onCoreOf(0), ZoneProcesses.onLastCore()))) {
      for (RangeClients client : clients) {
        opened.put(client, reader(zones, client));
        String unused = zones.ask(0, "forget"); // its warming up: a zone's memory is small
      }
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<RangeClients, ServerProcess> each : opened.entrySet()) {
          share(zones, cores, each.getKey(), each.getValue());
        }
      }
    } finally {
      opened.values().forEach(ServerProcess::close);
    }
  }

  private void share(ZoneProcesses zones, CoreWatch cores, RangeClients name, ServerProcess client)
      throws IOException {
    String unused = zones.ask(0, "forget");
    cores.forget();
    double[] told = numbers(client.ask(String.valueOf(reads)));
    double[] micros = Arrays.copyOfRange(told, 2, told.length);
    List<Pauses.Pause> pauses = new ArrayList<>(Pauses.parse(zones.ask(0, "pauses")));
    pauses.addAll(cores.pauses());
    double[] delays = numbers(zones.ask(0, "delays"));
    if (delays.length != reads) {
      throw new IOException(name + " sent " + delays.length + " requests for " + reads + " reads");
    }
    double begun = told[1];
    int kept = 0;
    double[] all = new double[reads];
    double[] added = new double[reads];
    for (int i = 0; i < reads; i++) {
      double ended = begun + 1e3 * micros[i];
      all[i] = micros[i] - delays[i];
      if (!Pauses.met(pauses, (long) begun, (long) ended)) {
        added[kept] = all[i];
        micros[kept++] = micros[i];
      }
      begun = ended;
    }
    report.share(name, Arrays.copyOf(micros, kept), Arrays.copyOf(added, kept), all, told[0]);
  }

  private static double[] numbers(String list) {
    return Arrays.stream(list.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  /** The same client reads from both models: how much of what the service gains is left? */
  private void besideStandard(ZoneProcesses express, ZoneProcesses standard) throws IOException {
    try (ServerProcess quick = reader(express, FEW_WARM_READS);
        ServerProcess slow = reader(standard, FEW_WARM_READS)) {
      for (int round = 0; round < rounds; round++) {
        besideStandard(false, quick);
        besideStandard(true, slow);
      }
    }
  }

  private static ServerProcess reader(ZoneProcesses zones, RangeClients client) throws IOException {
    return reader(ModelledClient.arguments(zones.address(0), client));
  }

  private static ServerProcess reader(ZoneProcesses zones, int warmReads) throws IOException {
    return reader(ModelledClient.arguments(zones.address(0), RangeClients.expressway, warmReads));
  }

  private static ServerProcess reader(String[] arguments) throws IOException {
    return ServerProcess.start(ZoneProcesses.onLastCore(), ModelledClient.class, arguments);
  }

  private void besideStandard(boolean isStandard, ServerProcess client) {
    double[] told = numbers(client.ask(String.valueOf(reads / 2)));
    report.besideStandard(isStandard, Arrays.copyOfRange(told, 2, told.length));
  }

  // Much at once.

  private void inParallel(ZoneProcesses zones) {
    try (Sessions sessions = zones.sessions();
        MultiAzBucket hedged = MultiAzBucket.of(MultiAzOptions.defaults(), zones.open(sessions));
        MultiAzBucket plain =
            MultiAzBucket.of(MultiAzOptions.defaults().hedgeBudget(0), zones.open(sessions))) {
      ByteBuffer target = ByteBuffer.allocateDirect(PARTS * PART_BYTES);
      int each = Math.max(50, reads / 2);
      for (MultiAzBucket warmed : List.of(plain, hedged)) {
        for (int i = 0; i < each; i++) {
          double unused = millis(warmed, target);
        }
      }
      for (int round = 0; round < rounds; round++) {
        report.inParallel(false, undisturbed(zones, plain, target, each));
        report.inParallel(true, undisturbed(zones, hedged, target, each));
      }
    }
  }

  private double[] undisturbed(ZoneProcesses zones, Bucket bucket, ByteBuffer target, int count) {
    zones.forget(pauses);
    long[] begun = new long[count + 1];
    begun[0] = System.nanoTime();
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      millis[i] = millis(bucket, target);
      begun[i + 1] = System.nanoTime();
    }
    List<Pauses.Pause> all = zones.pauses(pauses);
    return IntStream.range(0, count)
        .filter(i -> !Pauses.met(all, begun[i], begun[i + 1]))
        .mapToDouble(i -> millis[i])
        .toArray();
  }

  /** Sixteen ranges of 512 KiB, each received where it belongs; the object has but 1 MiB. */
  private static double millis(Bucket bucket, ByteBuffer target) {
    CompletableFuture<?>[] parts = new CompletableFuture<?>[PARTS];
    long begun = System.nanoTime();
    for (int i = 0; i < PARTS; i++) {
      ByteRange range = ByteRange.of((long) i % 2 * PART_BYTES, PART_BYTES);
      parts[i] =
          bucket.readInto(
              ReadRequest.of(ServerAddress.KEY, range), target.slice(i * PART_BYTES, PART_BYTES));
    }
    CompletableFuture.allOf(parts).join();
    return (System.nanoTime() - begun) / 1e6;
  }

  // More at once.

  private void underWay(ServerAddress address) {
    ExpressOptions options = ExpressOptions.defaults().endpoint(address.endpoint());
    try (ExpressBucket bucket =
        ExpressBucket.open(
            address.bucket(),
            Credentials.of(address.accessKeyId(), address.secretAccessKey()),
            options)) {
      double unused = perSecond(bucket, options.connections(), READS_EACH);
      for (int round = 0; round < rounds; round++) {
        for (int count : UNDER_WAY) {
          report.underWay(count, perSecond(bucket, count, READS_EACH));
        }
      }
      report.connections(options.connections());
    }
  }

  private static double perSecond(Bucket bucket, int readers, int readsEach) {
    CompletableFuture<?>[] all = new CompletableFuture<?>[readers];
    long begun = System.nanoTime();
    Arrays.setAll(all, each -> ClosedLoop.start(() -> read(bucket), new AtomicInteger(readsEach)));
    CompletableFuture.allOf(all).join();
    return readers * readsEach / ((System.nanoTime() - begun) / 1e9);
  }

  private static CompletableFuture<?> read(Bucket bucket) {
    return bucket
        .read(ServerAddress.KEY, ByteRange.of(0, ModelledClient.READ_BYTES))
        .thenAccept(slice -> slice.close());
  }
}
