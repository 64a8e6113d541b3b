package io.expressway.jmh;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** What is claimed of the library, measured beside its peers on servers of its own. */
public final class Claims {
  private static final String USAGE =
      """
      usage: java -jar jmh/target/claims.jar [--full] [--resume] [--out DIRECTORY] [CLAIM...]
        measures every claim, or those that are named, and says which hold: %s.
        The short form takes less than ten minutes, the full one four to five hours; --resume
        keeps what the same build has measured already, whatever came of it.
        Writes claims.html and claims.json to DIRECTORY (docs/benchmarks unless given); what each
        claim's own program writes goes to jmh/target/claims/short or full.

      java -jar jmh/target/claims.jar failover [--quick] [--rounds N] [--only TROUBLE,...]
            [--out DIRECTORY]
        loses one zone of three, and two, in every way: does a read fail, and how late is it?
        Troubles: killed, stopped, silent, storm, slow, resets, paused.

      %s
      Exits with 1 when a claim does not hold.
      """
          .formatted(
              Arrays.stream(ClaimSuite.values())
                  .map(ClaimSuite::typed)
                  .collect(Collectors.joining(", ")),
              BucketTarget.USAGE);

  /** The SDK's client lets it warn of each request that is given up, at length. */
  private static final Logger NETTY = Logger.getLogger("io.netty");

  private static final int WRONG_ARGUMENTS = 2;

  private final boolean isFull;
  private final boolean isResumed;
  private final Path root;
  private final String build;
  private final Path work;
  private final Path out;
  private final ClaimsReport report;

  private Claims(boolean isFull, boolean isResumed, Path root, Path out) throws IOException {
    this.isFull = isFull;
    this.isResumed = isResumed;
    this.root = root;
    this.build = Measured.build(jars(root));
    this.work =
        Files.createDirectories(
            root.resolve("jmh/target/claims").resolve(isFull ? "full" : "short"));
    this.out = Files.createDirectories(out);
    this.report = new ClaimsReport(isFull, build, work);
  }

  /** The clients and the server. */
  private static List<Path> jars(Path root) {
    List<Path> jars =
        List.of(
            root.resolve("jmh/target/benchmarks.jar"),
            root.resolve("testkit/target/expressway-zonal-server.jar"));
    for (Path jar : jars) {
      if (!Files.exists(jar)) {
        throw new IllegalArgumentException(
            "there is no " + jar + ": run mvn -q -DskipTests package first");
      }
    }
    return jars;
  }

  /** Measures what is named. */
  public static void main(String[] args) throws Exception {
    NETTY.setLevel(Level.SEVERE);
    try {
      List<String> words = List.of(args);
      if (words.contains("help") || words.contains("--help") || words.contains("-h")) {
        System.out.print(USAGE);
      } else if (!words.isEmpty() && words.get(0).equals("failover")) {
        String[] options = words.subList(1, words.size()).toArray(new String[0]);
        System.exit(Failover.run(options) ? 0 : 1);
      } else if (words.contains("--bucket")) {
        System.exit(BucketClaims.run(words) ? 0 : 1);
      } else {
        System.exit(all(words) ? 0 : 1);
      }
    } catch (IllegalArgumentException e) {
      System.err.print(e.getMessage() + "\n" + USAGE);
      System.exit(WRONG_ARGUMENTS);
    }
  }

  private static boolean all(List<String> words) throws IOException, InterruptedException {
    List<ClaimSuite> suites = new ArrayList<>();
    boolean isFull = false;
    boolean isResumed = false;
    Path root = root();
    Path out = root.resolve("docs/benchmarks");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--full")) {
        isFull = true;
      } else if (word.equals("--resume")) {
        isResumed = true;
      } else if (word.equals("--out") && i + 1 < words.size()) {
        out = Path.of(words.get(++i));
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException("no option \"" + word + "\", or it needs a value");
      } else {
        suites.add(ClaimSuite.named(word));
      }
    }
    Claims claims = new Claims(isFull, isResumed, root, out);
    return claims.run(suites.isEmpty() ? List.of(ClaimSuite.values()) : suites);
  }

  /** The repository: the programs are started by its scripts. */
  private static Path root() throws IOException {
    Path jar;
    try {
      jar = Path.of(Claims.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    Path root = jar.resolve("../../..").normalize();
    if (!Files.isExecutable(root.resolve("jmh/run"))) {
      throw new IllegalArgumentException(
          "the claims' programs are started by jmh/run, jmh/cache and jmh/sessions; "
              + jar
              + " is not in the jmh/target of a checkout");
    }
    return root;
  }

  private boolean run(List<ClaimSuite> suites) throws IOException, InterruptedException {
    for (int i = 0; i < suites.size(); i++) {
      ClaimSuite suite = suites.get(i);
      System.out.printf(
          Locale.ROOT, "[%d of %d] %s: %s%n", i + 1, suites.size(), suite.typed(), suite.title());
      Optional<Measured> before = isResumed ? Measured.load(work, suite, build) : Optional.empty();
      before.ifPresent(each -> System.out.println("  measured " + each.begun()));
      report.add(suite, before.isPresent() ? before.get() : measure(suite));
    }
    report.write(out);
    return report.holds();
  }

  private Measured measure(ClaimSuite suite) throws IOException, InterruptedException {
    Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Measured.forget(work, suite);
    for (String name : suite.reports()) {
      Files.deleteIfExists(work.resolve(name + ".verdicts"));
    }
    Path log = work.resolve(suite.typed() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(suite.command(own(), isFull, work))
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(suite.environment(isFull));
    builder.environment().put("OUT", work.toString());
    int status = builder.start().waitFor();
    List<Verdict> verdicts = new ArrayList<>();
    boolean isComplete = true;
    for (String name : suite.reports()) {
      if (Files.exists(work.resolve(name + ".verdicts"))) {
        verdicts.addAll(Verdict.load(work, name));
      } else {
        isComplete = false;
        verdicts.add(
            Verdict.of(suite.title(), "measured", "yes", "no: exit " + status + ", " + log, false));
      }
    }
    Measured measured =
        new Measured(begun, Duration.between(begun, Instant.now()).toSeconds(), verdicts);
    if (isComplete) {
      measured.save(work, suite, build);
    }
    return measured;
  }

  private static List<String> own() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Claims.class.getName());
  }
}
