package io.expressway.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a source file says about its own members, as Markdown on one line. */
final class SourceText {
  private static final String JAVADOC = "/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*";
  private final String text;

  SourceText(Path module, Class<?> of) throws IOException {
    String file = of.getName().replace('.', '/') + ".java";
    text = Files.readString(module.resolve("src/main/java").resolve(file));
  }

  /** The type's own comment, up to its first tag. */
  String ofType(String name) {
    String found = first(JAVADOC + "public (?:final |abstract )*(?:class|record) " + name + "\\b");
    return prose(found.split("\n \\* @", 2)[0]);
  }

  /** The comment of the public method of that name, with parameters or without. */
  String ofMethod(String name, boolean hasParameters) {
    String next = hasParameters ? "\\(\\w" : "\\(\\)";
    return prose(first(JAVADOC + "public (?:static )?\\w+ " + name + next));
  }

  /** The comment of a record's component. */
  String ofComponent(String name) {
    return prose(first("@param " + name + "\\s((?:(?!\n \\* @|\\*/)[\\s\\S])*)"));
  }

  /** The name of the method's first parameter. */
  String parameterOf(String name) {
    return first("public \\w+ " + name + "\\([^)]+ (\\w+)\\)");
  }

  /** Where in the file the method stands. */
  int placeOf(String method) {
    Matcher found = Pattern.compile("public \\w+ " + method + "\\(").matcher(text);
    return found.find() ? found.start() : Integer.MAX_VALUE;
  }

  /** The number that a knob of this label falls back to. */
  OptionalLong declaredDefault(String label) {
    Matcher found =
        Pattern.compile("\\(\\s*\"" + label + "\", ([\\d_]+)L?(?: << (\\d+))?,").matcher(text);
    if (!found.find()) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(found.group(1).replace("_", ""));
    return OptionalLong.of(
        found.group(2) == null ? number : number << Integer.parseInt(found.group(2)));
  }

  /** The lines of {@code //} above a declaration that begins so; they say why. */
  Optional<String> whyOf(String declaration) {
    Matcher found = Pattern.compile("((?:[ ]*// .*\n)+)[ ]*" + declaration).matcher(text);
    return found.find()
        ? Optional.of(
            found
                .group(1)
                .lines()
                .map(line -> line.replaceFirst("\\s*// ", ""))
                .collect(Collectors.joining(" ")))
        : Optional.empty();
  }

  private String first(String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no comment is like " + pattern);
    }
    return found.group(1);
  }

  private static String prose(String javadoc) {
    String line = javadoc.replaceAll("\\s*\n\\s*\\*", " ").replaceAll("\\s+", " ").strip();
    String code = line.replaceAll("\\{@code ([^}]*)}", "`$1`");
    String links = code.replaceAll("\\{@link (?:[\\w.]*#)?(\\w+)(?:\\([^)]*\\))?}", "`$1`");
    return links.replaceAll("<p>", "").replace("|", "\\|").strip();
  }
}
