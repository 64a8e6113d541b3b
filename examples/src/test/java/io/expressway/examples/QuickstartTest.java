package io.expressway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class QuickstartTest {
  private static String run(String... args) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Quickstart.run(Arguments.parse(args));
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void readsOneOfItsOwnJarsAndShowsATable() throws Exception {
    String printed = run("--reads", "5");

    assertThat(printed).containsPattern("usw2-az4 at http://127.0.0.1:\\d+");
    assertThat(printed).containsPattern("stored .*\\.jar, [\\d,.]+ bytes");
    assertThat(printed).containsPattern("opened as a zip of [\\d,.]+ entries");
    assertThat(printed.split("equal to the local file's", -1)).hasSize(3);
    assertThat(printed).containsPattern("cold .* the bucket ");
    assertThat(printed).containsPattern("warm +[\\d.,]+ +[\\d.,]+ +0  memory ");
    assertThat(printed).containsPattern("restarted +[\\d.,]+ +[\\d.,]+ +1  disk ");
    assertThat(printed).contains("p50 ms", "p99.9 ms", "reads/s", "round trips", "heap B");
    assertThat(printed).contains("4 KiB", "64 KiB", "1 MiB");
    assertThat(printed).contains(" 1 sessions, ");
    assertThat(printed).containsPattern("primary lost half-way +5 +0 ");
    assertThat(printed).containsPattern("primary back +5 +0 ");
  }

  @Test
  void takesAFileOfTheCaller(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mine.zip");
    try (OutputStream out = Files.newOutputStream(file)) {
      zip(out);
    }

    String printed = run("--reads", "2", "--file", file.toString());

    assertThat(printed).contains("stored mine.zip", "opened as a zip of 2 entries");
    assertThat(printed).contains("stored.bin: 2", "deflated.txt: 3");
  }

  /** One entry as it is, of 2 MiB that do not deflate, and one deflated. */
  private static void zip(OutputStream out) throws IOException {
    byte[] noise = new byte[2 << 20];
    new Random(7).nextBytes(noise);
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(0);
      zip.putNextEntry(new ZipEntry("stored.bin"));
      zip.write(noise);
      zip.closeEntry();
      zip.setLevel(9);
      zip.putNextEntry(new ZipEntry("deflated.txt"));
      zip.write("expressway ".repeat(300_000).getBytes(StandardCharsets.US_ASCII));
      zip.closeEntry();
    }
  }

  @Test
  void saysWhatIsWrongWithItsArguments(@TempDir Path folder) throws Exception {
    Path small = folder.resolve("small.txt");
    Files.writeString(small, "no zip");

    assertThatThrownBy(() -> run("--raeds", "5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--raeds")
        .hasMessageContaining("--reads N");
    assertThatThrownBy(() -> run("--reads"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--reads needs a value");
    assertThatThrownBy(() -> run("--reads", "many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--reads must be a positive number, but is many");
    assertThatThrownBy(() -> run("--reads", "0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--reads must be a positive number, but is 0");
    assertThatThrownBy(() -> run("--file", small.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no zip");
  }
}
