package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Three zones with the same object, each in a process of its own. Used by one thread at a time. */
final class ZoneProcesses implements AutoCloseable {
  static final List<String> IDS = List.of("usw2-az1", "usw2-az3", "usw2-az4");
  private static final int SEED = 7;

  private final double stragglers;
  private final List<ServerProcess> processes = new ArrayList<>();

  /**
   * Starts them.
   *
   * @param stragglers the share of requests that each answers 100 ms late
   */
  ZoneProcesses(double stragglers) throws IOException {
    this.stragglers = stragglers;
    try {
      for (int zone = 0; zone < IDS.size(); zone++) {
        processes.add(start(zone, 0, List.of()));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private ServerProcess start(int zone, int port, List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(onCore(zone));
    command.addAll(prefix);
    return ServerProcess.start(
        command,
        ZoneServer.class,
        IDS.get(zone),
        String.valueOf(port),
        String.valueOf(SEED + zone),
        String.valueOf(stragglers));
  }

  /** The last core is the client's. */
  private static List<String> onCore(int zone) {
    int cores = Runtime.getRuntime().availableProcessors();
    return cores > 1 && Files.isExecutable(Path.of("/usr/bin/taskset"))
        ? List.of("taskset", "-c", String.valueOf(zone % (cores - 1)))
        : List.of();
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
    for (int zone = 0; zone < IDS.size(); zone++) {
      reads += Long.parseLong(ask(zone, "reads"));
    }
    return reads;
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
