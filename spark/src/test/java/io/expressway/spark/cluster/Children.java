package io.expressway.spark.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java processes that are started here, and end here at the latest. Confined to one thread. */
final class Children implements AutoCloseable {
  /** What Spark's launcher gives to JVMs, and who starts one by hand must: Spark 3.5 on Java 17. */
  private static final String OPENS =
      "java.lang,java.lang.invoke,java.lang.reflect,java.io,java.net,java.nio,java.util,"
          + "java.util.concurrent,java.util.concurrent.atomic,sun.nio.ch,sun.nio.cs,"
          + "sun.security.action,sun.util.calendar";

  private static final Pattern EXECUTOR =
      Pattern.compile(" org\\.apache\\.spark\\.executor\\.\\w+ .*--executor-id (\\d+) ");

  private final Path directory;
  private final Map<String, String> environment;
  private final List<Process> started = new ArrayList<>();
  private final Set<Integer> executors = new TreeSet<>();

  Children(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /** Starts a main class; its output goes to {@code name.log} in the directory. */
  Process start(String name, List<String> options, String... classAndArguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    for (String each : OPENS.split(",", -1)) {
      command.add("--add-opens=java.base/" + each + "=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(List.of(classAndArguments));
    return start(name, command);
  }

  /** Starts any command. */
  Process start(String name, List<String> command) throws IOException {
    File log = directory.resolve(name + ".log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** The executors alive now, by their numbers, below whatever was started. */
  Map<Integer, ProcessHandle> executors() {
    Map<Integer, ProcessHandle> alive = new TreeMap<>();
    started.stream()
        .flatMap(Process::descendants)
        .forEach(each -> number(each).ifPresent(number -> alive.put(number, each)));
    executors.addAll(alive.keySet());
    return alive;
  }

  /** From the kernel: a class path is longer than what {@code ProcessHandle} tells of a command. */
  private static Optional<Integer> number(ProcessHandle process) {
    try {
      Path command = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      Matcher executor = EXECUTOR.matcher(Files.readString(command).replace('\0', ' '));
      return executor.find() ? Optional.of(Integer.valueOf(executor.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }

  /** The numbers of all executors that were ever seen alive. */
  Set<Integer> executorsSeen() {
    return executors;
  }

  @Override
  public void close() {
    started.stream().flatMap(Process::descendants).toList().forEach(ProcessHandle::destroy);
    started.forEach(Process::destroy);
    for (Process each : started) {
      try {
        if (!each.waitFor(10, TimeUnit.SECONDS)) {
          each.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        each.destroyForcibly();
      }
    }
  }
}
