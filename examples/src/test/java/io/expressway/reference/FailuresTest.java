package io.expressway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ExpressException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/failures.md} has every exception, and every error code that the code knows. */
class FailuresTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path CORE = ROOT.resolve("core/src/main/java/io/expressway");
  private static final Pattern CODE =
      Pattern.compile(
          "(?:case |^ +)((?:\"[A-Z][A-Za-z]+\"(?:, )?)+) ->|\"([A-Z]\\w+)\"\\.equals\\(");

  @Test
  void everyExceptionIsExplained() throws IOException {
    String document = Files.readString(ROOT.resolve("docs/failures.md"));
    assertThat(ExpressException.class.getPermittedSubclasses())
        .hasSizeGreaterThan(10)
        .allSatisfy(each -> assertThat(document).contains("| `" + each.getSimpleName() + "` |"));
  }

  @Test
  void everyCodeIsExplained() throws IOException {
    String document = Files.readString(ROOT.resolve("docs/failures.md"));
    assertThat(codes()).hasSizeGreaterThan(15);
    for (String code : codes()) {
      assertThat(document).contains("`" + code + "`");
    }
  }

  private static Set<String> codes() throws IOException {
    String sources =
        Stream.of(
                "SdkFailures",
                "AppendStream",
                "internal/http/Exchange",
                "internal/xml/ErrorDocument")
            .map(name -> read(CORE.resolve(name + ".java")))
            .collect(Collectors.joining("\n"));
    List<String> found =
        CODE.matcher(sources)
            .results()
            .flatMap(
                each -> Stream.of(String.valueOf(each.group(1)), String.valueOf(each.group(2))))
            .flatMap(text -> Pattern.compile("[A-Z]\\w+").matcher(text).results())
            .map(each -> each.group())
            .toList();
    return new TreeSet<>(found);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
