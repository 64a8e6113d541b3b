package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Zones with the same object, each in a process of its own. Used by one thread at a time. */
final class ZoneProcesses implements AutoCloseable {
  static final List<String> IDS = List.of("usw2-az1", "usw2-az3", "usw2-az4");

  /** Little: while the memory of a killed process is torn down, the others on its core wait. */
  private static final ServerProcess.Heap HEAP = new ServerProcess.Heap("96m", "96m");

  private static final int SEED = 7;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final int LONGEST_STRAGGLER_MILLIS = 100;

  /**
   * How late zones are.
   *
   * @param profile the server's
   * @param stragglers the share of requests that each answers late
   * @param leastMillis how late at least; 100 ms at most
   */
  record Model(String profile, double stragglers, int leastMillis) {
    /** As S3 Express is taken to be, without its late answers. */
    static final Model STEADY = new Model("express", 0, LONGEST_STRAGGLER_MILLIS);

    /** One answer in a hundred takes 20 to 100 ms, as those of S3 Express are taken to. */
    static final Model EXPRESS = new Model("express", 0.01, 20);

    /** One in a hundred takes 100 ms. */
    static final Model HARD = new Model("express", 0.01, LONGEST_STRAGGLER_MILLIS);

    /** As S3 Standard is taken to be. */
    static final Model STANDARD = new Model("standard", 0, LONGEST_STRAGGLER_MILLIS);
  }

  private final Model model;
  private final List<ServerProcess> processes = new ArrayList<>();

  /** Starts the first {@code count} of {@link #IDS}. */
  ZoneProcesses(int count, Model model) throws IOException {
    this.model = model;
    try {
      for (int zone = 0; zone < count; zone++) {
        processes.add(start(zone, 0, List.of()));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private ServerProcess start(int zone, int port, List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(onCoreOf(zone));
    command.addAll(prefix);
    return ServerProcess.start(
        command,
        HEAP,
        System.getProperty("java.class.path"),
        ZoneServer.class.getName(),
        IDS.get(zone),
        String.valueOf(port),
        String.valueOf(SEED + zone),
        String.valueOf(model.stragglers),
        String.valueOf(model.leastMillis),
        model.profile);
  }

  /** Where the server of a zone runs; the last core is the client's. */
  static List<String> onCoreOf(int zone) {
    return CORES > 1 ? onCore(zone % (CORES - 1)) : List.of();
  }

  /** Where clients run that are measured beside each other. */
  static List<String> onLastCore() {
    return CORES > 1 ? onCore(CORES - 1) : List.of();
  }

  private static List<String> onCore(int core) {
    return Files.isExecutable(Path.of("/usr/bin/taskset"))
        ? List.of("taskset", "-c", String.valueOf(core))
        : List.of();
  }

  /** Sessions with what the zones are signed in to. */
  Sessions sessions() {
    ServerAddress first = address(0);
    return Sessions.over(Credentials.of(first.accessKeyId(), first.secretAccessKey()));
  }

  /** A bucket for each zone, in their order. */
  List<Bucket> open(Sessions sessions) {
    List<Bucket> open = new ArrayList<>();
    for (ServerProcess process : processes) {
      ServerAddress address = process.address();
      open.add(
          ExpressBucket.open(
              address.bucket(), sessions, ExpressOptions.defaults().endpoint(address.endpoint())));
    }
    return open;
  }

  int count() {
    return processes.size();
  }

  ServerAddress address(int zone) {
    return processes.get(zone).address();
  }

  String ask(int zone, String command) {
    return processes.get(zone).ask(command);
  }

  void signal(int zone, String name) throws IOException, InterruptedException {
    processes.get(zone).signal(name);
  }

  void kill(int zone) throws InterruptedException {
    processes.get(zone).kill();
  }

  /**
   * Starts a zone that was killed, where it was. A JVM that starts must not slow the others, so it
   * comes last until it is ready; after that it must not come last, where that may be undone.
   */
  void restart(int zone) throws IOException, InterruptedException {
    int port = address(zone).endpoint().getPort();
    ServerProcess started = start(zone, port, List.of("nice", "-n", "15"));
    started.comeFirst();
    processes.set(zone, started);
  }

  /** GetObjects that all zones have read so far. */
  long reads() {
    long reads = 0;
    for (int zone = 0; zone < count(); zone++) {
      reads += Long.parseLong(ask(zone, "reads"));
    }
    return reads;
  }

  /** What all zones remember of requests and pauses, and the pauses of this process. */
  void forget(Pauses own) {
    own.forget();
    for (int zone = 0; zone < count(); zone++) {
      String unused = ask(zone, "forget");
    }
  }

  /** Those of all zones' processes, and those of this one. */
  List<Pauses.Pause> pauses(Pauses own) {
    List<Pauses.Pause> all = new ArrayList<>(own.all());
    for (int zone = 0; zone < count(); zone++) {
      all.addAll(Pauses.parse(ask(zone, "pauses")));
    }
    return all;
  }

  @Override
  public void close() {
    for (ServerProcess process : processes) {
      try {
        process.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
