package io.expressway.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of this module's in a process of its own, on the cores that {@code
 * -Dexpressway.serverCommand} puts it, such as {@code taskset -c 0}. Used by one thread, which
 * closes it.
 */
final class ServerProcess implements AutoCloseable {
  /** Its heap is touched before it listens: else collections wait for memory, 200 ms and more. */
  private static final List<String> QUIET_JVM =
      List.of("-XX:+UseSerialGC", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=6g");

  private static final Heap USUAL = new Heap("512m", "1g");

  /** What a JVM's heap has from its beginning, and at most, as its options take them. */
  record Heap(String least, String most) {}

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final ServerAddress address;

  private ServerProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    this.address = ServerAddress.of(answer());
  }

  /** Starts {@code server} with the arguments of its main and waits until it listens. */
  static ServerProcess start(Class<?> server, String... arguments) throws IOException {
    String prefix = System.getProperty("expressway.serverCommand", "").strip();
    return start(
        prefix.isEmpty() ? List.of() : List.of(prefix.split("\\s+", -1)), server, arguments);
  }

  /** The same, behind a command of one's own, such as {@code taskset -c 0}. */
  static ServerProcess start(List<String> prefix, Class<?> server, String... arguments)
      throws IOException {
    return start(prefix, USUAL, System.getProperty("java.class.path"), server.getName(), arguments);
  }

  /** The same of a main class that may be on another class path, with a heap of one's own. */
  static ServerProcess start(
      List<String> prefix, Heap heap, String classPath, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUIET_JVM);
    command.addAll(List.of("-Xms" + heap.least, "-Xmx" + heap.most));
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      return new ServerProcess(process);
    } catch (IOException e) {
      process.destroy();
      throw e;
    }
  }

  ServerAddress address() {
    return address;
  }

  /** CreateSessions that the server has read so far, whatever it answered. */
  long createSessions() {
    return Long.parseLong(ask("count"));
  }

  /** The server's answer to a line. */
  String ask(String question) {
    try {
      questions.write(question + "\n");
      questions.flush();
      return answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the server's process ended; its own message is above");
    }
    return line;
  }

  /** Sends it a signal, such as {@code STOP}; returns when it was sent. */
  void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("SIG" + name + " could not be sent to a server");
    }
  }

  /** Gives all its threads the usual priority, if this user may. */
  void comeFirst() throws IOException, InterruptedException {
    String tasks = "/proc/" + process.pid() + "/task";
    int unused =
        new ProcessBuilder("sh", "-c", "renice -n 0 -p $(ls " + tasks + ") >/dev/null 2>&1")
            .start()
            .waitFor();
  }

  /** Ends it as SIGKILL does, stopped or not; waits for that. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
