package io.expressway.jmh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is measured for the claims: a command of this module's, what shortens it, and the verdicts
 * that it leaves. In the order of the README's.
 */
enum ClaimSuite {
  RANGED(
      "one ranged GET, beside a blocking socket and the SDK's clients",
      "jmh/run",
      "ROUNDS=1; WARMUP=2; MEASURE=1; CLIENTS=raw,expressway,sdkApache; TLS=false; BENCH=RangedRead.(a4KiB|c1MiB|e8MiBx16)",
      "ROUNDS=3; WARMUP=6; MEASURE=2",
      "ranged-read"),
  TLS(
      "what encryption costs",
      "jmh/run tls",
      "ROUNDS=1; WARMUP=1; MEASURE=2; CLIENTS=expressway,sdkNetty; BENCH=TlsRead.e8MiBx16",
      "tls-read"),
  CONCURRENCY(
      "many reads in flight, beside the SDK's clients",
      "jmh/run concurrency",
      "ROUNDS=1; MILLIS=200; CLIENTS=raw,expressway,sdkApache; KIB=4; IN_FLIGHT=1,64,512",
      "ROUNDS=5; MILLIS=500",
      "concurrency"),
  SEQUENTIAL(
      "reading an object from its beginning to its end, beside the SDK's streams",
      "jmh/run sequential",
      "ROUNDS=1; WARMUP=2; MEASURE=1; CLIENTS=expressway,sdkApache; LATENCY=express",
      "sequential"),
  SMALL(
      "small objects, stored and fetched whole",
      "jmh/run small",
      "ROUNDS=1; WARMUP=1; MEASURE=1; CLIENTS=expressway,sdkApache; BYTES=4096; BENCH=SmallObject.(aPut|bGet)",
      "small-object"),
  SIGNING(
      "the signature of a request, beside the SDK's signers",
      "jmh/run signing",
      "FORKS=1; WARMUP=2; MEASURE=2; MILLIS=300",
      "signing"),
  COLD("from the start of a JVM to the first byte", "jmh/run cold", "ROUNDS=1", "cold-start"),
  WRITES(
      "storing 1 GiB in parts, beside sockets",
      "jmh/run writes",
      "ROUNDS=1; WARMUP=1; MEASURE=2; CLIENTS=raw,expressway; TLS=false; BENCH=MultipartWrite.c1GiBMemory",
      "multipart-write"),
  LOOKUP(
      "the session of a request",
      "jmh/sessions lookup",
      "QUICK=1; WARMUP=1; MEASURE=1",
      "sessions-lookup"),
  SESSIONS(
      "sessions that nobody waits for",
      "jmh/sessions soak",
      "QUICK=1; MINUTES=0.25",
      "sessions-soak"),
  HITS(
      "a hit in memory, beside Caffeine and the Analytics Accelerator",
      "jmh/run hits",
      "ROUNDS=1; BENCH=CacheHit.(expressway|caffeine|aal)$; PARAMS=-p bytes=4096; CYCLES=4; WARMUP=1; MEASURE=1",
      "cache-hit hit-scaling"),
  DISK("a hit on disk, beside a positional read", "jmh/cache disk", "QUICK=1", "disk-hit"),
  FETCHED("bytes fetched for bytes asked for", "jmh/cache fetched", "QUICK=1", "over-fetch"),
  SOAK("a cache's memory under mixed load", "jmh/cache soak", "QUICK=1; ROUNDS=1", "cache-soak"),
  PATTERNS(
      "reading like a file, beside the Analytics Accelerator",
      "jmh/run patterns",
      "WARMUP=2; MEASURE=3; PATTERNS=PARQUET_COLUMN_CHUNKS; SIZES=64; CLIENTS=expressway,aalSync",
      "ROUNDS=3",
      "read-patterns"),
  SERVICE(
      "a service modelled on S3 Express",
      "jmh/run service",
      "ROUNDS=1; READS=200; CLIENTS=raw,expressway; SECONDS_EACH=4",
      "service hedging-service"),
  HEDGING(
      "one answer in a hundred 100 ms late",
      "jmh/run hedging",
      "ROUNDS=2; SECONDS_EACH=2",
      "hedging"),
  OVERHEAD(
      "several zones, all well, beside one",
      "jmh/run overhead",
      "ROUNDS=1; WARMUP=1; MEASURE=1",
      "multi-az-overhead"),
  METRICS(
      "what a read costs more that is counted, timed and recorded",
      "jmh/run metrics",
      "ROUNDS=3; MILLIS=600",
      "metrics-overhead"),
  FAILOVER("zones that are lost", "", "", "failover");

  private final String title;
  private final String command;
  private final String shortened;
  private final String lengthened;
  private final String reports;

  ClaimSuite(String title, String command, String shortened, String reports) {
    this(title, command, shortened, "", reports);
  }

  /**
   * What is measured.
   *
   * @param shortened what the command is run with in the short form
   * @param lengthened what it is run with in the full one, beside its own defaults
   * @param reports those that it writes
   */
  ClaimSuite(String title, String command, String shortened, String lengthened, String reports) {
    this.title = title;
    this.command = command;
    this.shortened = shortened;
    this.lengthened = lengthened;
    this.reports = reports;
  }

  /** Of a name as it is typed. */
  static ClaimSuite named(String name) {
    for (ClaimSuite suite : values()) {
      if (suite.typed().equals(name)) {
        return suite;
      }
    }
    throw new IllegalArgumentException("no claim \"" + name + "\"");
  }

  String typed() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it is about. */
  String title() {
    return title;
  }

  /** The verdicts that it leaves. */
  List<String> reports() {
    return List.of(reports.split(" ", -1));
  }

  /**
   * What to run below the repository's root; {@code claims} is this program's own command. The
   * scripts are told by {@code OUT} where to write.
   */
  List<String> command(List<String> claims, boolean isFull, Path out) {
    if (this != FAILOVER) {
      return List.of(command.split(" ", -1));
    }
    List<String> words = new ArrayList<>(claims);
    words.addAll(List.of("failover", "--out", out.toString()));
    if (!isFull) {
      words.addAll(List.of("--quick", "--only", "killed"));
    }
    return words;
  }

  /** What it is run with. */
  Map<String, String> environment(boolean isFull) {
    Map<String, String> variables = new TreeMap<>();
    for (String each : (isFull ? lengthened : shortened).split("; ", -1)) {
      int at = each.indexOf('=');
      if (at > 0) {
        variables.put(each.substring(0, at), each.substring(at + 1));
      }
    }
    return variables;
  }
}
