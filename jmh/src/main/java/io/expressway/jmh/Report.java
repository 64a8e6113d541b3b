package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a program leaves behind. */
final class Report {
  private Report() {}

  /** Writes it as Markdown and JSON, keeps its verdicts beside them, and prints the Markdown. */
  static void publish(
      Path directory, String name, String markdown, String json, List<Verdict> verdicts)
      throws IOException {
    Files.writeString(directory.resolve(name + ".md"), markdown);
    Files.writeString(directory.resolve(name + ".json"), json);
    Verdict.save(directory, name, verdicts);
    System.out.print(markdown);
  }
}
