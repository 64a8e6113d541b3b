package io.expressway.spark.cluster;

import static java.util.stream.Collectors.joining;

import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.TemporaryCredentials;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs {@link ClusterJob} on a cluster of processes against a server in this one, loses a zone and
 * kills an executor in the middle, and judges: the results are those of a plain read, each executor
 * had one session for a bucket, nothing is left. Arguments: master ({@code standalone} or {@code
 * local-cluster}), a SPARK_HOME with {@code jars}, the bundle, the job's jar, a directory to work
 * in. Ends with 1 when something is not as it should be.
 */
public final class ClusterRun {
  private static final String[] ZONES = {"usw2-az1", "usw2-az3", "usw2-az4"};
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final int ZONE_LOST_AT = 300;
  private static final int EXECUTOR_KILLED_AT = 1200;
  private static final int WORKERS = 2;
  private static final int MOST_EXECUTORS = 16;

  private final boolean standalone;
  private final Path home;
  private final Path bundle;
  private final Path job;
  private final Path directory;
  private final ZonalServer server;
  private final List<TemporaryCredentials> keys = new ArrayList<>();
  private final Set<Integer> outlivedByZone = new TreeSet<>();
  private final List<String> wrong = new ArrayList<>();

  private ClusterRun(String[] args, ZonalServer server) {
    this.standalone = args[0].equals("standalone");
    this.home = Path.of(args[1]).toAbsolutePath();
    this.bundle = Path.of(args[2]).toAbsolutePath();
    this.job = Path.of(args[3]).toAbsolutePath();
    this.directory = Path.of(args[4]).toAbsolutePath();
    this.server = server;
    for (int executor = 0; executor < MOST_EXECUTORS; executor++) {
      keys.add(server.temporaryCredentials());
    }
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    try (ZonalServer server = server()) {
      ClusterRun run = new ClusterRun(args, server);
      Files.createDirectories(run.directory);
      run.run();
      run.wrong.forEach(each -> System.out.println("WRONG: " + each));
      if (!run.wrong.isEmpty()) {
        System.exit(1);
      }
    }
  }

  static ZonalServer server() {
    ZonalServer server =
        ZonalServer.builder()
            .zones(ZONES)
            .bucket("logs")
            .sessionLifetime(Duration.ofHours(1)) // however slow the machine, none is replaced
            .requestLog(100_000)
            .start();
    for (int object = 0; object < JobObjects.COUNT; object++) {
      byte[] content = JobObjects.content(object);
      for (Zone zone : server.zones()) {
        zone.putObject(zone.bucket(), JobObjects.key(object), content);
      }
    }
    return server;
  }

  private void run() throws Exception {
    long began = System.nanoTime();
    try (Children children = new Children(directory, Driver.environment(home))) {
      String master = standalone ? standalone(children) : "local-cluster[2,1,600]";
      Process driver = Driver.start(children, home, configuration(master), ClusterJob.class);
      disturb(children, driver);
      Map<String, String> told = told();
      judge(children, driver, told);
      System.out.printf(
          "%s, Spark %s: sessions by executor %s, %s, %d s%n",
          standalone ? "standalone" : "local-cluster",
          told.get("spark"),
          Arrays.stream(ZONES).map(zone -> zone + sessions(zone)).collect(joining(", ")),
          told.get("natives"),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
    }
  }

  // Starting.

  private String standalone(Children children) throws IOException {
    int port = freePort();
    List<String> options = List.of("-Xmx256m", "-cp", home + "/jars/*");
    String at = "127.0.0.1";
    children.start(
        "master",
        options,
        "org.apache.spark.deploy.master.Master",
        "--host",
        at,
        "--port",
        Integer.toString(port),
        "--webui-port",
        "0");
    awaitListener(port);
    String url = "spark://" + at + ":" + port;
    for (String name : List.of("worker-1", "worker-2")) {
      children.start(
          name,
          options,
          "org.apache.spark.deploy.worker.Worker",
          "--host",
          at,
          "--webui-port",
          "0",
          "--cores",
          "1",
          "--memory",
          "600m",
          "--work-dir",
          directory.resolve(name).toString(),
          url);
    }
    return url;
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static void awaitListener(int port) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < until) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        pause();
      }
    }
    throw new IllegalStateException("no master listens");
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
  }

  private Map<String, String> configuration(String master) {
    Map<String, String> conf = Driver.configuration(master, bundle + "," + job, directory);
    conf.put("spark.executor.memory", "512m");
    conf.put("spark.cores.max", Integer.toString(WORKERS));
    conf.put("spark.scheduler.minRegisteredResourcesRatio", "1.0"); // both are there from the start
    conf.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");
    conf.put("spark.sql.shuffle.partitions", "4");
    conf.put(
        "spark.executor.extraJavaOptions",
        "-Dio.expressway.shaded.io.netty.leakDetection.level=paranoid");
    conf.put("spark.executorEnv." + ExecutorKeys.VARIABLE, ExecutorKeys.variable(keys));
    conf.put("spark.expressway.credentials", ExecutorKeys.class.getName());
    conf.put(
        "spark.expressway.buckets",
        server.zones().stream().map(Zone::bucket).collect(joining(",")));
    for (Zone zone : server.zones()) {
      conf.put("spark.expressway.endpoint." + zone.id(), zone.endpoint().toString());
    }
    return conf;
  }

  // Disturbing.

  private long reads() {
    return server.roundTrips().of("GetObject");
  }

  private void disturb(Children children, Process driver) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    boolean zoneLost = false;
    boolean killed = false;
    for (int turn = 0; driver.isAlive() && System.nanoTime() < until; turn++) {
      if (!zoneLost && reads() >= ZONE_LOST_AT && sessions(ZONES[0]).size() == WORKERS) {
        server.zone(ZONES[0]).stop();
        zoneLost = true;
        outlivedByZone.addAll(children.executors().keySet());
        System.out.println("zone " + ZONES[0] + " lost after " + reads() + " reads");
      }
      if (zoneLost && !killed && reads() >= EXECUTOR_KILLED_AT) {
        Map.Entry<Integer, ProcessHandle> victim =
            children.executors().entrySet().iterator().next();
        killed = victim.getValue().destroyForcibly();
        System.out.println("executor " + victim.getKey() + " killed after " + reads() + " reads");
      }
      if (turn % 100 == 0) { // to look takes long
        Map<Integer, ProcessHandle> unused = children.executors();
      }
      pause();
    }
    check(!driver.isAlive(), "the driver ends in time");
    check(zoneLost && killed, "the zone was lost and an executor killed while the job ran");
  }

  // Judging.

  private Map<String, String> told() throws IOException {
    Map<String, String> told = new TreeMap<>();
    for (String line : Files.readAllLines(directory.resolve("driver.log"))) {
      String[] words = line.split(" ", 3);
      if (words.length == 3 && words[0].equals("job")) {
        told.put(words[1], words[2]);
      }
    }
    return told;
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      wrong.add(what);
    }
  }

  private void judge(Children children, Process driver, Map<String, String> told)
      throws IOException {
    check(!driver.isAlive() && driver.exitValue() == 0, "the job succeeds: see driver.log");
    check(Long.toHexString(expectedRanges()).equals(told.get("ranges")), "ranges as stored");
    check(Long.toHexString(expectedHeads()).equals(told.get("heads")), "heads as stored");
    check(Integer.toString(JobObjects.MADE).equals(told.get("made")), "all objects made");
    for (int i = 1; i < ZONES.length && wrong.isEmpty(); i++) {
      made(server.zone(ZONES[i]));
    }
    check("epoll=true tls=true".equals(told.get("natives")), "natives: " + told.get("natives"));
    sessionsAreOnePerExecutor(children, told);
    nothingIsLeft(children);
  }

  private static long expectedRanges() {
    List<Long> values = new ArrayList<>();
    for (int object = 0; object < JobObjects.COUNT; object++) {
      byte[] content = JobObjects.content(object);
      for (long[] each : JobObjects.ranges(object)) {
        values.add(JobObjects.crc(content, (int) each[0], (int) each[1]));
      }
    }
    return JobObjects.digest(values.stream().mapToLong(Long::longValue).toArray());
  }

  private static long expectedHeads() {
    long[] values = new long[JobObjects.COUNT];
    for (int object = 0; object < JobObjects.COUNT; object++) {
      values[object] = JobObjects.crc(JobObjects.content(object), 0, JobObjects.HEAD_BYTES);
    }
    return JobObjects.digest(values);
  }

  private void made(Zone zone) {
    for (int object = 0; object < JobObjects.MADE; object++) {
      byte[] head = Arrays.copyOf(JobObjects.content(object), 1000);
      check(
          Arrays.equals(head, zone.bytes(zone.bucket(), JobObjects.madeKey(object))),
          "object " + object + " as written, in " + zone.id());
    }
  }

  /** How often each executor asked the zone for a session, by the server's log. */
  private Map<Integer, Integer> sessions(String zone) {
    Map<Integer, Integer> asked = new TreeMap<>();
    for (RequestRecord each : server.zone(zone).requests()) {
      if (each.operation().equals("CreateSession")) {
        asked.merge(executor(each), 1, Integer::sum);
      }
    }
    return asked;
  }

  /** Whose the request was, by the identity it was signed with. */
  private int executor(RequestRecord request) {
    return IntStream.range(0, MOST_EXECUTORS)
        .filter(i -> keys.get(i).accessKeyId().equals(request.accessKeyId()))
        .findFirst()
        .orElse(-1);
  }

  /**
   * Each executor asked each zone for one session, the killed one and the one in its place too. Of
   * the lost zone only those have one that read before.
   */
  private void sessionsAreOnePerExecutor(Children children, Map<String, String> told) {
    Set<Integer> readers = new TreeSet<>();
    for (String each : told.getOrDefault("executors", "").split(",", -1)) {
      readers.add(Integer.valueOf(each));
    }
    check(
        readers.equals(children.executorsSeen()),
        "all executors read: of " + children.executorsSeen() + ", " + readers);
    check(readers.size() > outlivedByZone.size(), "another executor takes the killed one's place");
    for (String zone : ZONES) {
      Map<Integer, Integer> one = new TreeMap<>();
      for (Integer each : zone.equals(ZONES[0]) ? outlivedByZone : readers) {
        one.put(each, 1);
      }
      check(
          sessions(zone).equals(one),
          zone + " made sessions by executor: " + sessions(zone) + ", not " + one);
    }
  }

  private void nothingIsLeft(Children children) throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (server.roundTrips().connectionsOpen() > 0 && System.nanoTime() < until) {
      pause();
    }
    RoundTrips trips = server.roundTrips();
    check(trips.connectionsOpen() == 0, trips.connectionsOpen() + " connections are still open");
    Path work = home.resolve("work"); // of local-cluster's workers
    List<Path> logs = new ArrayList<>(logs(directory));
    logs.addAll(Files.exists(work) ? logs(work) : List.of());
    long executors = logs.stream().filter(log -> log.endsWith("stderr")).count();
    check(executors == children.executorsSeen().size(), executors + " logs of executors");
    for (Path log : logs) {
      check(!Files.readString(log).contains("LEAK:"), "a leak is told of in " + log);
    }
  }

  private static List<Path> logs(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).filter(ClusterRun::isLog).toList();
    }
  }

  private static boolean isLog(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".log") || name.equals("stderr") || name.equals("stdout");
  }
}
