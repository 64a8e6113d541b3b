package io.expressway.jmh;

import static io.expressway.jmh.BucketPhase.AT_ONCE;
import static io.expressway.jmh.BucketPhase.OBJECT_BYTES;
import static io.expressway.jmh.BucketPhase.PART_BYTES;
import static io.expressway.jmh.BucketPhase.PUT_BYTES;
import static io.expressway.jmh.BucketPhase.RANGES;
import static io.expressway.jmh.BucketPhase.RANGE_BYTES;
import static io.expressway.jmh.BucketPhase.UPLOAD_BYTES;
import static io.expressway.jmh.BucketPhase.WARM_READS;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.PriceTable;
import io.expressway.ReadRequest;
import io.expressway.RenameOptions;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.SessionStats;
import io.expressway.session.Sessions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The claims on directory buckets of AWS: what {@code claims.jar --bucket} runs. Clients take
 * turns, read by read, so that all of them meet the same moods of the service; what is stored lies
 * under a prefix of this run's own, and is deleted in the end. Used by one thread.
 */
final class BucketClaims implements AutoCloseable {
  private static final String OURS = "expressway";
  private static final double SINGLE_DIGIT_MILLIS = 10;
  private static final double NANOS_A_MILLI = 1e6;
  private static final int SILENT_FROM_SECONDS = 3;
  private static final int SILENT_SECONDS = 4;

  private final BucketTarget target;
  private final RequestMeter meter;
  private final Sessions sessions = Sessions.over(Credentials.fromDefaultChain());
  private final List<Bucket> buckets = new ArrayList<>();
  private final Bucket bucket;
  private final BucketPeers peers;
  private final String prefix = "expressway-claims/" + UUID.randomUUID() + "/";
  private final String key = prefix + "object";
  private final Set<String> stored = new HashSet<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final StringBuilder tables = new StringBuilder();

  private BucketClaims(BucketTarget target) {
    this.target = target;
    this.meter = new RequestMeter(target.requests());
    for (int i = 0; i < target.buckets().size(); i++) {
      buckets.add(open(i, sessions));
    }
    this.bucket = buckets.get(0);
    this.peers = new BucketPeers(target, meter);
  }

  /** Measures what the arguments say; false when a claim does not hold, or the bucket fails. */
  static boolean run(List<String> words) throws Exception {
    BucketTarget target = BucketTarget.parse(words);
    System.out.printf(
        Locale.ROOT,
        "%d requests, %.4f US dollars (%s), on %s:%n",
        target.plannedRequests(),
        target.dollars(),
        PriceTable.usEast1().source(),
        target.buckets().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    for (BucketPhase phase : target.phases()) {
      System.out.printf(
          Locale.ROOT,
          "  %-8s  %6d reading, %4d writing, %5.0f MiB down, %4.0f MiB up, $%.4f: %s%n",
          phase.typed(),
          phase.readRequests(target.minutes()),
          phase.writeRequests(),
          (double) phase.retrievedBytes(target.minutes()) / (1 << 20),
          (double) phase.uploadedBytes() / (1 << 20),
          phase.dollars(target.minutes()),
          phase.title());
    }
    if (target.plannedRequests() > target.requests()) {
      throw new IllegalArgumentException(
          "that is more than "
              + target.requests()
              + " requests: name fewer claims, fewer --minutes, or more --requests");
    }
    if (!target.isAgreed() && !isAgreed()) {
      System.out.println("nothing was sent");
      return true;
    }
    try (BucketClaims claims = new BucketClaims(target)) {
      claims.measure();
      claims.report();
      return Verdict.noneFails(claims.verdicts);
    } catch (CompletionException | SdkException e) {
      Throwable cause = e instanceof SdkException ? e : e.getCause();
      if (cause instanceof ExpressException || cause instanceof SdkException) {
        System.err.println("ended early: " + cause.getMessage());
        return false;
      }
      throw e;
    }
  }

  /** Asks; who cannot be asked has not agreed. */
  private static boolean isAgreed() throws IOException {
    System.out.println("go on? [y/N] (--yes goes on without being asked)");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String answer = input.readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  private void measure() throws Exception {
    for (BucketPhase phase : target.phases()) {
      System.out.println(phase.typed() + ": " + phase.title());
      int before = verdicts.size();
      switch (phase) {
        case SESSION -> sessions();
        case READ -> reads();
        case WRITE -> writes();
        case FAILOVER -> failover();
      }
      System.out.print(Verdict.table(phase.typed(), verdicts.subList(before, verdicts.size())));
    }
  }

  private Bucket open(int index, Sessions with) {
    return ExpressBucket.open(
        target.buckets().get(index).toString(), with, target.options(index).listener(meter));
  }

  private void store(Bucket where) {
    meter.require(1);
    stored.add(key);
    where.write(key, ByteBuffer.allocateDirect(OBJECT_BYTES), WriteOptions.defaults()).join();
  }

  private CompletableFuture<?> read(Bucket from, int bytes) {
    meter.require(1);
    return from.read(key, ByteRange.of(0, bytes)).thenAccept(slice -> slice.close());
  }

  // Sessions.

  private void sessions() throws InterruptedException {
    store(bucket);
    double[] millis = new double[BucketPhase.FIRST_SESSIONS];
    for (int i = 0; i < millis.length; i++) {
      try (Sessions own = Sessions.over(Credentials.fromDefaultChain());
          Bucket fresh = open(0, own)) {
        millis[i] = millis(() -> read(fresh, PUT_BYTES).join());
      }
    }
    row("first read: connection, session and answer", OURS, millis);
    Object unused = read(bucket, PUT_BYTES).join();
    SessionStats before = sessions.stats();
    long seconds = Math.max(1, Math.round(60 * target.minutes()));
    OpenLoop loop = new OpenLoop(() -> read(bucket, PUT_BYTES), BucketPhase.SESSION_RATE, seconds);
    loop.run();
    SessionStats after = sessions.stats();
    row("64 KiB, " + seconds + " s at a fixed rate", OURS, millis(loop));
    long waited = after.waited() - before.waited();
    verdicts.add(
        Verdict.of(
            "sessions over " + seconds + " s, " + (after.created() - before.created()) + " made",
            "reads that waited for one",
            "0",
            waited + " of " + loop.count(),
            waited == 0));
    verdicts.add(failed(loop, "sessions"));
  }

  private static Verdict failed(OpenLoop loop, String about) {
    return Verdict.of(
        about,
        "failed reads",
        "0",
        loop.failed() + " of " + loop.count() + " " + loop.example(),
        loop.failed() == 0);
  }

  // Reads.

  private void reads() throws Exception {
    store(bucket);
    for (int size : BucketPhase.SIZES) {
      Map<String, Callable<?>> clients = new LinkedHashMap<>();
      clients.put(OURS, () -> read(bucket, size).join());
      clients.put("sdkApache", () -> peers.read(key, size));
      clients.put("sdkNetty", () -> peers.start(key, size).join());
      Map<String, double[]> millis = inTurns(clients, WARM_READS, BucketPhase.READS);
      String about = "one GET of " + (size >> 10) + " KiB";
      millis.forEach((client, each) -> row(about, client, each));
      double ours = median(millis, OURS);
      if (size <= PUT_BYTES) {
        verdicts.add(
            Verdict.ofTime(
                about,
                "single-digit milliseconds, p50",
                "< 10 ms",
                format("%.2f ms", ours),
                ours < SINGLE_DIGIT_MILLIS));
      }
      verdicts.add(notSlower(about, millis));
    }
    ByteBuffer memory = ByteBuffer.allocateDirect(RANGES * RANGE_BYTES);
    double[] parallel = new double[BucketPhase.PARALLEL_READS];
    for (int i = 0; i < parallel.length; i++) {
      parallel[i] = millis(() -> inRanges(memory));
    }
    row("8 MiB in 16 ranges", OURS, parallel);
    atOnce();
  }

  /** The median beside the quickest peer's, with a tenth for chance. */
  private static Verdict notSlower(String about, Map<String, double[]> millis) {
    double ours = median(millis, OURS);
    double best =
        millis.keySet().stream()
            .filter(client -> !client.equals(OURS))
            .mapToDouble(client -> median(millis, client))
            .min()
            .orElseThrow();
    return Verdict.ofTime(
            about,
            "p50 beside the quickest of the SDK's clients",
            "≤ 1.1 ×",
            format("%.2f ×", ours / best),
            ours <= 1.1 * best)
        .beside(format("%.2f ms", best));
  }

  private Object inRanges(ByteBuffer memory) {
    meter.require(RANGES);
    CompletableFuture<?>[] parts = new CompletableFuture<?>[RANGES];
    for (int i = 0; i < RANGES; i++) {
      int at = i * RANGE_BYTES;
      parts[i] =
          bucket.readInto(
              ReadRequest.of(key, ByteRange.of(at, RANGE_BYTES)), memory.slice(at, RANGE_BYTES));
    }
    return CompletableFuture.allOf(parts).join();
  }

  private void atOnce() {
    int size = BucketPhase.SIZES[0];
    double ours = perSecond(() -> read(bucket, size));
    double netty = perSecond(() -> peers.start(key, size));
    line("4 KiB, 64 at once", OURS, format("%.0f a second", ours));
    line("4 KiB, 64 at once", "sdkNetty", format("%.0f a second", netty));
  }

  private static double perSecond(Supplier<CompletableFuture<?>> read) {
    long begun = System.nanoTime();
    ClosedLoop.run(read, AT_ONCE, BucketPhase.READS_AT_ONCE);
    return BucketPhase.READS_AT_ONCE / ((System.nanoTime() - begun) / 1e9);
  }

  // Writes.

  private void writes() throws Exception {
    byte[] small = new byte[PUT_BYTES];
    ByteBuffer direct = ByteBuffer.allocateDirect(PUT_BYTES);
    Map<String, Callable<?>> clients = new LinkedHashMap<>();
    clients.put(OURS, () -> write(key + "-ours", direct));
    clients.put("sdkApache", () -> peers.write(noted(key + "-sdk"), RequestBody.fromBytes(small)));
    Map<String, double[]> millis = inTurns(clients, WARM_READS, BucketPhase.PUTS);
    millis.forEach((client, each) -> row("one PUT of 64 KiB", client, each));
    verdicts.add(notSlower("one PUT of 64 KiB", millis));

    ByteBuffer large = ByteBuffer.allocateDirect(UPLOAD_BYTES);
    double[] ours = new double[BucketPhase.UPLOADS];
    double[] theirs = new double[BucketPhase.UPLOADS];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = millis(() -> upload(large));
      theirs[i] =
          millis(
              () ->
                  peers
                      .upload(
                          noted(key + "-parts"),
                          AsyncRequestBody.fromByteBufferUnsafe(large.duplicate()))
                      .join());
    }
    row("64 MiB in parts of 8 MiB", OURS, ours);
    row("64 MiB in parts of 8 MiB", "sdkNetty, multipart", theirs);

    String log = noted(key + "-log");
    write(log, direct);
    double[] appends = new double[BucketPhase.APPENDS];
    for (int i = 0; i < appends.length; i++) {
      long at = (long) (i + 1) * PUT_BYTES;
      appends[i] = millis(() -> append(log, at, direct));
    }
    row("one append of 64 KiB", OURS, appends);
    double[] renames = new double[BucketPhase.RENAMES];
    for (int i = 0; i < renames.length; i++) {
      String from = i % 2 == 0 ? log : log + "-renamed";
      String to = noted(i % 2 == 0 ? log + "-renamed" : log);
      renames[i] = millis(() -> rename(from, to));
    }
    row("one rename", OURS, renames);
  }

  private String noted(String written) {
    stored.add(written);
    return written;
  }

  private Object write(String to, ByteBuffer bytes) {
    meter.require(1);
    return bucket.write(noted(to), bytes.duplicate(), WriteOptions.defaults()).join();
  }

  private Object append(String to, long at, ByteBuffer bytes) {
    meter.require(1);
    return bucket.append(to, at, bytes.duplicate()).join();
  }

  private Object rename(String from, String to) {
    meter.require(1);
    return bucket.rename(from, to, RenameOptions.defaults()).thenApply(done -> to).join();
  }

  private Object upload(ByteBuffer bytes) {
    meter.require(UPLOAD_BYTES / PART_BYTES + 2);
    try (Upload upload =
        bucket.upload(noted(key + "-ours"), UploadOptions.defaults().partSize(PART_BYTES))) {
      upload.lend(bytes.duplicate()).join();
      return upload.complete().join();
    }
  }

  // Failover.

  private void failover() throws InterruptedException {
    if (buckets.size() < 2) {
      System.out.println("  left out: it needs a second --bucket, in another zone");
      return;
    }
    buckets.forEach(this::store);
    SilencedBucket primary = new SilencedBucket(open(0, sessions));
    List<Bucket> zones = new ArrayList<>(List.of(primary));
    for (int i = 1; i < buckets.size(); i++) {
      zones.add(open(i, sessions));
    }
    sessions.warmUp(zones.subList(1, zones.size()).toArray(new Bucket[0])).join();
    try (MultiAzBucket set = MultiAzBucket.of(MultiAzOptions.defaults(), zones)) {
      for (int i = 0; i < WARM_READS; i++) {
        read(set, PUT_BYTES).join();
      }
      OpenLoop loop =
          new OpenLoop(
              () -> read(set, PUT_BYTES), BucketPhase.FAILOVER_RATE, BucketPhase.FAILOVER_SECONDS);
      CompletableFuture<?> silence =
          after(SILENT_FROM_SECONDS, () -> primary.silence(true))
              .thenCompose(gone -> after(SILENT_SECONDS, () -> primary.silence(false)));
      loop.run();
      silence.join();
      List<Double> well = new ArrayList<>();
      List<Double> without = new ArrayList<>();
      for (int i = 0; i < loop.count(); i++) {
        int second = i / BucketPhase.FAILOVER_RATE;
        boolean isSilent =
            second >= SILENT_FROM_SECONDS && second < SILENT_FROM_SECONDS + SILENT_SECONDS;
        (isSilent ? without : well).add(loop.latency(i) / NANOS_A_MILLI);
      }
      row("64 KiB over several zones, all well", OURS, array(well));
      row("64 KiB, the primary silent for 4 s", OURS, array(without));
      verdicts.add(failed(loop, "the primary falls silent"));
    }
  }

  private static CompletableFuture<Void> after(int seconds, Runnable action) {
    return CompletableFuture.runAsync(
        action, CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS));
  }

  // Figures.

  private static Map<String, double[]> inTurns(
      Map<String, Callable<?>> clients, int warm, int count) throws Exception {
    Map<String, double[]> millis = new LinkedHashMap<>();
    for (String client : clients.keySet()) {
      millis.put(client, new double[count]);
    }
    for (int i = -warm; i < count; i++) {
      for (Map.Entry<String, Callable<?>> each : clients.entrySet()) {
        long begun = System.nanoTime();
        Object unused = each.getValue().call();
        if (i >= 0) {
          Objects.requireNonNull(millis.get(each.getKey()))[i] =
              (System.nanoTime() - begun) / NANOS_A_MILLI;
        }
      }
    }
    return millis;
  }

  private static double millis(Supplier<?> action) {
    long begun = System.nanoTime();
    Object unused = action.get();
    return (System.nanoTime() - begun) / NANOS_A_MILLI;
  }

  private static double[] millis(OpenLoop loop) {
    double[] millis = new double[loop.count()];
    Arrays.setAll(millis, i -> loop.latency(i) / NANOS_A_MILLI);
    return millis;
  }

  private static double median(Map<String, double[]> millis, String client) {
    return quantile(Objects.requireNonNull(millis.get(client)), 0.5);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(each -> each).toArray();
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  private void row(String about, String client, double[] millis) {
    line(
        about,
        client,
        format(
            "p50 %.2f, p99 %.2f, most %.2f ms (%d)",
            quantile(millis, 0.5), quantile(millis, 0.99), quantile(millis, 1), millis.length));
  }

  private void line(String about, String client, String measured) {
    System.out.println("  " + about + ", " + client + ": " + measured);
    tables.append(format("| %s | %s | %s |%n", about, client, measured));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  // The report.

  private void report() throws IOException {
    String text =
        format(
                "# On %s%n%n%d requests were sent.%s%n%n",
                target.buckets().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                meter.sent(),
                target.endpoints().isEmpty() ? "" : " Not AWS: the endpoints were given.")
            + "| what | client | measured |\n|---|---|---|\n"
            + tables
            + "\n"
            + Verdict.table("claim", verdicts);
    Files.createDirectories(target.out());
    Files.writeString(target.out().resolve("claims-bucket.md"), text);
    Files.writeString(
        target.out().resolve("claims-bucket.json"),
        verdicts.stream().map(Verdict::json).collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    System.out.println(
        meter.sent() + " requests were sent; see " + target.out().resolve("claims-bucket.md"));
  }

  /** Deletes what was stored, in every bucket. */
  @Override
  public void close() {
    for (Bucket each : buckets) {
      for (CompletableFuture<Void> gone : each.deleteAll(List.copyOf(stored))) {
        gone.exceptionally(
                problem -> {
                  System.err.println("not deleted: " + problem.getMessage());
                  return null;
                })
            .join();
      }
      each.close();
    }
    peers.close();
    sessions.close();
  }
}
