package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link BlockStress} under jcstress, in JVMs of its own, briefly. */
@SuppressWarnings("NullAway.Init") // made before each test
@Tag("one-jdk")
final class BlockStressTest {
  /** How long: options of jcstress's. One JVM for each, with one way to compile, unless set. */
  private static final String LENGTH =
      System.getProperty(
          "expressway.jcstress", "-m quick -f 1 -iters 1 -time 35 -sc false -jvmArgs -Xmx512m");

  @TempDir Path results;

  @Test
  void noForbiddenOutcomeIsSeen() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.openjdk.jcstress.Main", "-t", BlockStress.class.getName()));
    command.addAll(List.of("-r", results.toString()));
    command.addAll(List.of(LENGTH.split(" ", -1)));
    Process jcstress =
        new ProcessBuilder(command).directory(results.toFile()).redirectErrorStream(true).start();
    String output = new String(jcstress.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcstress.waitFor()).as(output).isZero();
    assertThat(output).contains("passed").doesNotContain("FORBIDDEN");
  }
}
