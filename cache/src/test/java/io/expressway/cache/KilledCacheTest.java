package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are killed with SIGKILL, one after the other, wherever they are in writing to one
 * directory. Each first reads all objects, some of which have changed since, through what the ones
 * before it left, and checks every word.
 */
@SuppressWarnings("NullAway.Init") // made before each test
@Tag("one-jdk")
final class KilledCacheTest {
  private static final int KILLS = 50;
  private static final int MOST_WRITES = 60;

  /** Processes that are being started while another is at work. */
  private static final int AHEAD = 2;

  @TempDir Path directory;
  @TempDir Path elsewhere;

  @Test
  void whatKilledProcessesLeftIsRightOrNotThere() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("whatKilledProcessesLeftIsRightOrNotThere: -Dexpressway.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int[] versions = new int[KilledReader.OBJECTS];
    ArrayDeque<Child> children = new ArrayDeque<>();
    long found = 0;
    try {
      for (int kill = 0; kill <= KILLS; kill++) {
        while (children.size() <= Math.min(AHEAD, KILLS - kill)) {
          children.add(new Child(random.nextLong()));
        }
        versions[random.nextInt(versions.length)]++;
        try (Child child = children.remove()) {
          found += child.open(versions);
          child.awaitWrites(random.nextInt(MOST_WRITES));
        }
      }
    } finally {
      for (Child child : children) {
        child.close();
      }
    }
    System.out.println("blocks found on disk: " + found);
    assertThat(found).as("blocks found on disk").isGreaterThan(10 * KILLS);
  }

  /** No file may have more than some bytes: the write that reaches them is cut short, and fails. */
  @Test
  void aDiskThatTakesNoMoreCostsNothingButItsBlocks() throws Exception {
    int[] versions = new int[KilledReader.OBJECTS];
    try (Child child = new Child(1, "sh", "-c", "ulimit -f 200 && exec \"$@\"", "sh")) {
      assertThat(child.open(versions)).isZero();
      child.awaitFailures(10);
    }
    try (Child child = new Child(2)) {
      assertThat(child.open(versions)).as("blocks found on disk").isPositive();
    }
  }

  /** A process that is killed when this closes. */
  private final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    Child(long seed, String... launcher) throws IOException {
      List<String> command = new ArrayList<>(List.of(launcher));
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1", // they live for a moment
              "-XX:+UseSerialGC",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              KilledReader.class.getName(),
              directory.toString(),
              Files.createTempDirectory(elsewhere, "").toString(),
              Long.toString(seed)));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Waits until it has read everything, and gives how many blocks came from disk. */
    long open(int[] versions) throws IOException {
      String line =
          Arrays.stream(versions).mapToObj(Integer::toString).collect(Collectors.joining(" "));
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return number(1, "found");
    }

    void awaitWrites(int count) throws IOException {
      while (number(1, "wrote") < count) {
        // it goes on
      }
    }

    void awaitFailures(int count) throws IOException {
      while (number(3, "wrote") < count) {
        // it goes on
      }
    }

    /** A word of the next line, which begins with {@code what}. */
    private long number(int word, String what) throws IOException {
      String line = lines.readLine();
      assertThat(line).as("what the process says").isNotNull().startsWith(what + " ");
      return Long.parseLong(line.split(" ", -1)[word]);
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly().onExit().join();
      lines.close();
    }
  }
}
