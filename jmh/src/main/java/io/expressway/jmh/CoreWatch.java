package io.expressway.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When cores did not run: on a shared machine others have them, for half a millisecond and more,
 * some times a second. Each is watched by a process of its own that comes before all others there,
 * where the system allows that, so that what a client keeps its core busy with is not taken for a
 * pause. Safe for many threads.
 */
final class CoreWatch implements AutoCloseable {
  private static final long EVERY_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long LATE_NANOS = EVERY_NANOS;
  private static final List<String> FIRST = List.of("chrt", "-f", "1");

  private final List<Process> processes = new ArrayList<>();
  private final List<Pauses.Pause> pauses = new ArrayList<>();

  private CoreWatch() {}

  /** Watches the cores that programs behind these prefixes run on. */
  static CoreWatch of(List<List<String>> prefixes) throws IOException {
    CoreWatch watch = new CoreWatch();
    boolean mayComeFirst = mayComeFirst();
    for (List<String> prefix : prefixes) {
      List<String> command = new ArrayList<>(prefix);
      command.addAll(mayComeFirst ? FIRST : List.of());
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xint", "-XX:+UseSerialGC", "-Xmx16m"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(CoreWatch.class.getName());
      watch.listen(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }
    return watch;
  }

  private static boolean mayComeFirst() {
    List<String> command = new ArrayList<>(FIRST);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void listen(Process process) {
    processes.add(process);
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    Thread listener =
        new Thread(() -> lines.lines().forEach(line -> add(Pauses.parse(line))), "cores");
    listener.setDaemon(true);
    listener.start();
  }

  private synchronized void add(List<Pauses.Pause> more) {
    pauses.addAll(more);
  }

  synchronized void forget() {
    pauses.clear();
  }

  synchronized List<Pauses.Pause> pauses() {
    return List.copyOf(pauses);
  }

  /** Prints each pause of the core that it runs on; ends with its standard input. */
  public static void main(String[] args) {
    Thread watch =
        new Thread(
            () -> Pauses.watch(EVERY_NANOS, LATE_NANOS, pause -> System.out.println(pause.line())),
            "watch");
    watch.setDaemon(true);
    watch.start();
    try {
      while (System.in.read() >= 0) {
        // nobody says anything
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
  }
}
