package io.expressway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every command in the documents names what there is: jars, scripts, modes, options, modules. */
class CommandsTest {
  private static final Path ROOT = DocumentedCommand.ROOT;
  private static final Pattern ENVIRONMENT = Pattern.compile("([A-Z_]+)=.*");
  private static final Pattern JAR =
      Pattern.compile("<outputFile>\\$\\{project.build.directory}/(\\S+\\.jar)</outputFile>");
  private static final Pattern SCRIPT = Pattern.compile("(\\.ci|jmh|spark|testkit)/[a-z0-9]+");
  private static final Pattern PROGRAM = Pattern.compile("java -(jar|cp) \\S|mvn |spark-sql ");
  private static final Set<String> GOALS =
      Set.of(
          "clean",
          "test",
          "package",
          "verify",
          "install",
          "spotless:apply",
          "compile",
          "dependency:build-classpath");

  /** Where the words and options of the programs in the jars are declared. */
  private static final Map<String, List<String>> PROGRAMS =
      Map.of(
          "examples/target/expressway-examples.jar",
          List.of("examples/src/main/java/io/expressway/examples"),
          "testkit/target/expressway-zonal-server.jar",
          List.of("testkit/src/main/java/io/expressway/testkit/CommandLine.java"),
          "jmh/target/claims.jar",
          List.of("jmh/src/main/java/io/expressway/jmh"),
          "jmh/target/benchmarks.jar",
          List.of("jmh/src/main/java/io/expressway/jmh"));

  private final Map<String, String> sources = new TreeMap<>();
  private int checked;

  @Test
  void everyCommandNamesWhatThereIs() throws IOException {
    Set<String> mistakes = new TreeSet<>();
    for (DocumentedCommand command : DocumentedCommand.all()) {
      for (String mistake : mistakes(command)) {
        mistakes.add(command + "\n    " + mistake);
      }
    }

    assertThat(mistakes).isEmpty();
    assertThat(checked).as("commands").isGreaterThan(50);
  }

  /** What the gate runs of them, and why not the others. */
  @Test
  void everyCommandIsRunOrSaidWhyNot() throws IOException {
    Map<String, String> known = new LinkedHashMap<>();
    for (String line : Files.readAllLines(ROOT.resolve(".ci/documented"))) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 2);
        known.put(parts[0], parts[1]);
      }
    }
    Set<String> mistakes = new TreeSet<>();
    Set<String> unused = new TreeSet<>(known.keySet());
    for (DocumentedCommand command : DocumentedCommand.all()) {
      String text = String.join(" ", withoutEnvironment(command.words()));
      if (isForUsers(command.document()) && isProgram(text)) {
        known.keySet().stream()
            .filter(text::startsWith)
            .findFirst()
            .ifPresentOrElse(unused::remove, () -> mistakes.add(command.toString()));
      }
    }
    for (String who : known.values()) {
      if (!who.startsWith("not: ") && !Files.isExecutable(ROOT.resolve(who.split(" ", 2)[0]))) {
        mistakes.add("there is no program " + who);
      }
    }

    assertThat(mistakes).as("not in .ci/documented").isEmpty();
    assertThat(unused).as("in no document").isEmpty();
  }

  private static boolean isProgram(String text) {
    boolean isScript =
        SCRIPT.matcher(text).lookingAt()
            && Files.isRegularFile(ROOT.resolve(text.replaceFirst(" .*", "")));
    return isScript || PROGRAM.matcher(text).lookingAt();
  }

  private static boolean isForUsers(Path document) {
    return ROOT.relativize(document).toString().matches("README\\.md|docs/[^/]+\\.md");
  }

  private static List<String> withoutEnvironment(List<String> words) {
    return words.stream().dropWhile(word -> ENVIRONMENT.matcher(word).matches()).toList();
  }

  private List<String> mistakes(DocumentedCommand command) throws IOException {
    List<String> words = new ArrayList<>(withoutEnvironment(command.words()));
    List<String> environment =
        command.words().subList(0, command.words().size() - words.size()).stream()
            .map(word -> word.replaceFirst("=.*", ""))
            .toList();
    if (words.isEmpty()) {
      return List.of();
    }
    String program = words.remove(0);
    if (SCRIPT.matcher(program).matches() && !Files.isDirectory(ROOT.resolve(program))) {
      return script(program, environment, words);
    } else if (program.equals("java") && words.size() > 1 && words.get(0).equals("-jar")) {
      return jar(words.get(1), words.subList(2, words.size()));
    } else if ((program.equals("mvn") || program.equals("...")) && !words.isEmpty()) {
      return maven(words);
    } else if (program.startsWith("spark-") && !words.isEmpty()) {
      return spark(words);
    }
    return List.of();
  }

  /** A script's head says what it takes. */
  private List<String> script(String name, List<String> environment, List<String> words)
      throws IOException {
    Path file = ROOT.resolve(name);
    if (!Files.isExecutable(file)) {
      return List.of("there is no program " + name);
    }
    checked++;
    String head =
        Files.readAllLines(file).stream()
            .skip(1)
            .takeWhile(line -> line.startsWith("#"))
            .collect(Collectors.joining("\n"));
    return Stream.concat(environment.stream(), words.stream())
        .filter(word -> word.matches("[a-z][a-z0-9]*|[A-Z_]{2,}"))
        .filter(word -> !hasWord(head, word))
        .map(word -> "the head of " + name + " does not know " + word)
        .toList();
  }

  private List<String> jar(String name, List<String> words) throws IOException {
    if (!jars().contains(name)) {
      return List.of("no pom.xml makes " + name + ", but " + jars());
    }
    checked++;
    String source = source(PROGRAMS.getOrDefault(name, List.of()));
    List<String> mistakes = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean isOption = word.startsWith("--");
      if (isOption && !source.contains(word) && !source.contains('"' + word.substring(2) + '"')) {
        mistakes.add(name + " knows no option " + word);
      } else if (!isOption
          && (i == 0 || !words.get(i - 1).startsWith("--"))
          && word.matches("[a-z-]+")
          && !hasWord(source, word)
          && !hasWord(source, word.toUpperCase(Locale.ROOT))) {
        mistakes.add(name + " does not know " + word);
      }
    }
    return mistakes;
  }

  private static Set<String> jars() throws IOException {
    Set<String> made = new TreeSet<>();
    for (String module : modules()) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      JAR.matcher(pom).results().forEach(jar -> made.add(module + "/target/" + jar.group(1)));
    }
    return made;
  }

  private static List<String> modules() throws IOException {
    return Pattern.compile("<module>([^<]+)</module>")
        .matcher(Files.readString(ROOT.resolve("pom.xml")))
        .results()
        .map(module -> module.group(1))
        .toList();
  }

  private List<String> maven(List<String> words) throws IOException {
    checked++;
    List<String> mistakes = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-pl")) {
        Set<String> unknown = new TreeSet<>(List.of(words.get(++i).split(",", -1)));
        unknown.removeAll(modules());
        unknown.forEach(module -> mistakes.add("there is no module " + module));
      } else if (word.startsWith("-Dtest=")) {
        for (String test : word.substring("-Dtest=".length()).split(",", -1)) {
          if (!isTest(test)) {
            mistakes.add("there is no test " + test);
          }
        }
      } else if (word.startsWith("-Dexpressway.") && !isProperty(word)) {
        mistakes.add("no test asks for " + word);
      } else if (word.startsWith("-P") && !isProfile(word.substring(2))) {
        mistakes.add("there is no profile " + word);
      } else if (!word.startsWith("-") && !GOALS.contains(word)) {
        mistakes.add("no goal is called " + word);
      }
    }
    return mistakes;
  }

  /** Of the whole project or of a module. */
  private static boolean isProfile(String name) throws IOException {
    Set<String> places = new TreeSet<>(modules());
    places.add(".");
    for (String place : places) {
      if (Files.readString(ROOT.resolve(place).resolve("pom.xml"))
          .contains("<id>" + name + "</id>")) {
        return true;
      }
    }
    return false;
  }

  private boolean isTest(String glob) throws IOException {
    Pattern name =
        Pattern.compile(
            "(?m)^(?:public )?(?:abstract |final )*class " + glob.replace("*", "\\w*") + "\\b");
    return name.matcher(source(testSources())).find();
  }

  private boolean isProperty(String word) throws IOException {
    String name = word.substring(2).replaceFirst("=.*", "");
    return source(testSources()).contains('"' + name + '"');
  }

  private static List<String> testSources() throws IOException {
    return modules().stream()
        .map(module -> module + "/src/test/java")
        .filter(folder -> Files.isDirectory(ROOT.resolve(folder)))
        .toList();
  }

  /** Options of ours in the calls of Spark's programs. */
  private List<String> spark(List<String> words) throws IOException {
    checked++;
    String document = Files.readString(ROOT.resolve("docs/spark.md"));
    return words.stream()
        .filter(word -> word.startsWith("spark.expressway."))
        .map(word -> word.substring("spark.expressway.".length()).replaceFirst("=.*", ""))
        .filter(key -> !document.contains("| `" + key + "` |"))
        .map(key -> "there is no setting " + key)
        .toList();
  }

  private static boolean hasWord(String text, String word) {
    return Pattern.compile("(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])").matcher(text).find();
  }

  /** All Java below the paths, read once. */
  private String source(List<String> paths) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String path : paths) {
      String known = sources.get(path);
      if (known == null) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(path))) {
          StringBuilder text = new StringBuilder();
          for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
            text.append(Files.readString(file));
          }
          known = text.toString();
        }
        sources.put(path, known);
      }
      all.append(known);
    }
    return all.toString();
  }
}
