package io.expressway.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a document shows as code, on one line: a command, perhaps.
 *
 * @param document where it stands
 * @param words without quotes and comment, one at least
 */
record DocumentedCommand(Path document, List<String> words) {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("(?<!`)`([^`\n]+)`(?!`)");
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|[^\\s'])+");

  /** All, in the order of the documents. */
  static List<DocumentedCommand> all() throws IOException {
    List<DocumentedCommand> found = new ArrayList<>();
    for (Path document : documents()) {
      String text = Files.readString(document);
      for (MatchResult block : BLOCK.matcher(text).results().toList()) {
        if (block.group(1).isEmpty()) {
          block.group(2).replace("\\\n", " ").lines().forEach(line -> add(found, document, line));
        }
      }
      CODE.matcher(prose(text)).results().forEach(code -> add(found, document, code.group(1)));
    }
    return found;
  }

  /** What is left of a document without its blocks of code. */
  static String prose(String text) {
    return BLOCK.matcher(text).replaceAll("");
  }

  private static void add(List<DocumentedCommand> found, Path document, String line) {
    for (String part : line.replaceFirst("\\s#\\s.*", "").split("&&|;|\\|", -1)) {
      List<String> words =
          WORD.matcher(part)
              .results()
              .map(word -> word.group().replace("'", "").replace("\"", ""))
              .toList();
      if (!words.isEmpty()) {
        found.add(new DocumentedCommand(document, words));
      }
    }
  }

  /** What users and contributors read. */
  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "testkit/UNDOCUMENTED.md")
                  .map(ROOT::resolve),
              files.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  @Override
  public String toString() {
    return ROOT.relativize(document) + ": " + String.join(" ", words);
  }
}
