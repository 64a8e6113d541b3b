package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that are no segments, or were some: what is known to be hard, and then Jazzer for a moment,
 * in a JVM of its own because it rewrites classes.
 */
@SuppressWarnings("NullAway.Init") // made before each test
@Tag("one-jdk")
final class SegmentFuzzTest {
  /** How long: an option of libFuzzer's. */
  private static final String LENGTH = System.getProperty("expressway.fuzz", "-max_total_time=4");

  @TempDir Path directory;

  static Stream<Arguments> seeds() {
    return knownToBeHard().entrySet().stream()
        .map(seed -> Arguments.of(seed.getKey(), seed.getValue()));
  }

  private static Map<String, byte[]> knownToBeHard() {
    byte[] good = SegmentFuzz.goodFile();
    Map<String, byte[]> seeds = new TreeMap<>();
    seeds.put("empty", input(0));
    seeds.put("of text", input(0, "Not a segment at all.\n".repeat(20)));
    seeds.put("good", input(0, good));
    seeds.put("an older format", input(0, set(good, 7, '0')));
    seeds.put("of other blocks", input(0, set(good, 9, 1)));
    seeds.put("of no sequence", input(0, set(good, 12, 0x80)));
    seeds.put("only a header", input(1));
    seeds.put("records of an older format", input(0, set(good, Segment.HEADER_BYTES + 3, '0')));
    seeds.put("a description without end", input(0, set(good, Segment.HEADER_BYTES + 4, 0x7F)));
    seeds.put("a description of nothing", input(1, "XPB1", new byte[20]));
    seeds.put("text after the header", input(1, "Not a record.\n".repeat(20)));
    for (int cut : new int[] {1, 23, 24, 30, 36, 40, 100, 4000, 5000, good.length - 1}) {
      seeds.put("cut at " + cut, input(2, change(1, cut, 0)));
    }
    for (int at = 0; at < 200; at += 13) {
      seeds.put("a bit flipped at " + at, input(2, change(0, at, at)));
    }
    seeds.put("records moved", input(2, change(3, 24, 4300), change(3, 9000, 24)));
    byte[] description = SegmentFuzz.goodDescription();
    seeds.put("described well", input(3, description));
    for (int at = 0; at < description.length; at += 3) {
      seeds.put("described with " + at + " set", input(3, set(description, at, 0xFF)));
    }
    return seeds;
  }

  /** Strings and bytes after the byte that says what they are. */
  private static byte[] input(int what, Object... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(what);
    for (Object part : parts) {
      bytes.writeBytes(
          part instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) part);
    }
    return bytes.toByteArray();
  }

  private static byte[] set(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    copy[at] = (byte) value;
    return copy;
  }

  private static byte[] change(int what, int at, int other) {
    return ByteBuffer.allocate(5)
        .put((byte) what)
        .putShort((short) at)
        .putShort((short) other)
        .array();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("seeds")
  void aFileThatIs(String name, byte[] input) throws Exception {
    SegmentFuzz.fuzzerTestOneInput(input);
  }

  @Test
  void whateverElseAFileHolds() throws Exception {
    Path corpus = Files.createDirectory(directory.resolve("corpus"));
    for (Map.Entry<String, byte[]> seed : knownToBeHard().entrySet()) {
      Files.write(corpus.resolve(seed.getKey().replace(' ', '-')), seed.getValue());
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + directory);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + SegmentFuzz.class.getName());
    command.add("--instrumentation_includes=io.expressway.cache.**");
    command.add("--custom_hook_includes=io.expressway.none");
    command.add(LENGTH);
    command.add("-max_len=8192");
    command.add(corpus.toString());
    Process jazzer =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(jazzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jazzer.waitFor()).as(output).isZero();
    assertThat(output).contains("Done ");
    System.out.println(output.lines().reduce("", (before, line) -> line));
  }
}
