package io.expressway.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What one suite found, and when: kept beside its reports, so that a run of hours can be broken off
 * and gone on with as long as what is measured is the same.
 *
 * @param begun when it was begun
 * @param seconds how long it took
 * @param verdicts whether its claims hold
 */
record Measured(Instant begun, long seconds, List<Verdict> verdicts) {
  private static final String SUFFIX = ".measured";

  /**
   * Keeps it, but for the verdicts, which its reports left.
   *
   * @param build what was measured, of {@link #build}
   */
  void save(Path directory, ClaimSuite suite, String build) throws IOException {
    Files.writeString(file(directory, suite), build + "\n" + begun + "\n" + seconds + "\n");
  }

  /** What was kept of the same build; empty when that is another's, or not complete. */
  static Optional<Measured> load(Path directory, ClaimSuite suite, String build)
      throws IOException {
    if (!Files.exists(file(directory, suite))) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file(directory, suite));
    if (lines.size() != 3 || !lines.get(0).equals(build)) {
      return Optional.empty();
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (String report : suite.reports()) {
      verdicts.addAll(Verdict.load(directory, report));
    }
    return Optional.of(
        new Measured(Instant.parse(lines.get(1)), Long.parseLong(lines.get(2)), verdicts));
  }

  /** Forgets it: what its reports say is not all there until they have been written again. */
  static void forget(Path directory, ClaimSuite suite) throws IOException {
    Files.deleteIfExists(file(directory, suite));
  }

  private static Path file(Path directory, ClaimSuite suite) {
    return directory.resolve(suite.typed() + SUFFIX);
  }

  /** A name for what {@code jars} hold and the JVM that runs it, the same for equal builds. */
  static String build(List<Path> jars) throws IOException {
    CRC32 sum = new CRC32();
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
          ZipEntry entry = all.nextElement();
          sum.update((entry.getName() + entry.getCrc()).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return String.format("%08x on JDK %s", sum.getValue(), Runtime.version());
  }
}
