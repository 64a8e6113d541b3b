package io.expressway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every example in the list of {@link Examples} fits a page, and runs offline in a process of its
 * own, as a reader runs it. What takes more than a page lies in a package below.
 */
class ExamplesTest {
  private static final int PAGE = 80;
  private static final Path SOURCES = Path.of("src/main/java/io/expressway/examples");
  private static final Pattern LISTED =
      Pattern.compile("\"([a-z-]+)\",\\s*(?:example\\()?([A-Z]\\w+)::run");

  /** What keeps a run short; others take no options. */
  private static final Map<String, List<String>> OPTIONS =
      Map.of(
          "quickstart", List.of("--reads", "5"),
          "survive-zone-loss", List.of("--seconds", "1"));

  /** The examples of this package by name: file. */
  private static Map<String, Path> examples() throws IOException {
    String list = Files.readString(SOURCES.resolve("Examples.java"));
    return LISTED
        .matcher(list)
        .results()
        .filter(each -> Files.exists(SOURCES.resolve(each.group(2) + ".java")))
        .collect(
            Collectors.toMap(
                each -> each.group(1),
                each -> SOURCES.resolve(each.group(2) + ".java"),
                (first, second) -> first,
                TreeMap::new));
  }

  @Test
  void eachFitsAPage() throws IOException {
    assertThat(examples()).hasSizeGreaterThan(5);
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(PAGE));
    }
  }

  @Test
  void theReadmeListsEach() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    examples()
        .forEach(
            (name, file) ->
                assertThat(readme)
                    .contains("[`" + name + "`](examples/" + file.toString().replace('\\', '/')));
  }

  @Tag("one-jdk")
  @TestFactory
  Stream<DynamicTest> eachRunsOffline(@TempDir Path folder) throws IOException {
    return examples().keySet().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> assertRuns(name, folder)));
  }

  private static void assertRuns(String name, Path folder) throws Exception {
    Path out = folder.resolve(name);
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Examples.class.getName(),
                    name),
                OPTIONS.getOrDefault(name, List.of()).stream())
            .toList();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> shown(out)).isZero();
    assertThat(Files.readString(out)).isNotBlank();
  }

  private static String shown(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
