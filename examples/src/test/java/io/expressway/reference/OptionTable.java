package io.expressway.reference;

import static java.util.Map.entry;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The options of one class as a table of Markdown: from what it declares, says and refuses. */
final class OptionTable {
  private static final Set<Class<?>> MEASURED =
      Set.of(int.class, long.class, double.class, Duration.class);

  /** Components that are set under another name. */
  private static final Map<String, String> SET_BY =
      Map.ofEntries(
          entry("earliestRefresh", "refreshBetween"),
          entry("latestRefresh", "refreshBetween"),
          entry("footerBytes", "footer"),
          entry("firstAheadBytes", "ahead"),
          entry("mostAheadBytes", "ahead"),
          entry("leastRequestBytes", "requests"),
          entry("mostRequestBytes", "requests"),
          entry("isSequential", "sequential"),
          entry("wholeBytes", "whole"),
          entry("directory", "in"),
          entry("limitBytes", "in"));

  private final Class<?> options;
  private final Object defaults;
  private final SourceText source;

  OptionTable(Path module, Object defaults) throws IOException {
    this.options = defaults.getClass();
    this.defaults = defaults;
    this.source = new SourceText(module, options);
  }

  String markdown() throws ReflectiveOperationException {
    List<String> lines = new ArrayList<>();
    lines.add("## " + options.getSimpleName());
    lines.add("");
    lines.add(source.ofType(options.getSimpleName()));
    lines.add("");
    lines.add("| option | default | valid | what it does, and why it is so |");
    lines.add("|---|---|---|---|");
    if (options.isRecord()) {
      for (RecordComponent each : options.getRecordComponents()) {
        lines.add(row(each));
      }
    } else {
      for (String name : settersInOrder()) {
        lines.add(row(name));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  // Records.

  private String row(RecordComponent component) throws ReflectiveOperationException {
    String name = component.getName();
    Object usual = component.getAccessor().invoke(defaults);
    boolean bytes = name.endsWith("Bytes");
    String valid =
        MEASURED.contains(component.getType())
            ? ValidRange.of(component.getType(), usual, value -> takes(component, value), bytes)
            : kind(component.getType());
    String setter = SET_BY.getOrDefault(name, name);
    String shown = setter.equals(name) ? "`" + name + "`" : "`" + setter + "`: `" + name + "`";
    boolean byName = name.equals("footerBytes");
    boolean required = SET_BY.getOrDefault(name, "").equals("in");
    return line(
        shown,
        required ? "required" : byName ? "by the key's name" : Written.value(usual, bytes),
        byName ? valid.replaceFirst("-1 B", "0") : valid,
        source.ofComponent(name));
  }

  private boolean takes(RecordComponent changed, Object value) {
    RecordComponent[] all = options.getRecordComponents();
    Object[] values = new Object[all.length];
    try {
      for (int i = 0; i < all.length; i++) {
        boolean here = all[i].getName().equals(changed.getName());
        values[i] = here ? value : all[i].getAccessor().invoke(defaults);
      }
      Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
      options.getDeclaredConstructor(types).newInstance(values);
      return true;
    } catch (InvocationTargetException refused) {
      return false;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // Classes with a method for each option.

  private List<String> settersInOrder() {
    return Stream.of(options.getMethods())
        .filter(
            method ->
                method.getReturnType() == options && !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getParameterCount() <= 1)
        .map(Method::getName)
        .distinct()
        .sorted(Comparator.comparingInt(source::placeOf))
        .toList();
  }

  private Method setter(String name) {
    return Stream.of(options.getMethods())
        .filter(method -> method.getName().equals(name) && method.getReturnType() == options)
        .findFirst()
        .orElseThrow();
  }

  private String row(String name) throws ReflectiveOperationException {
    Method setter = setter(name);
    String text = source.ofMethod(name, setter.getParameterCount() > 0);
    if (setter.getParameterCount() == 0) {
      return line("`" + name + "()`", "not set", "", text);
    }
    Class<?> type = setter.getParameterTypes()[0];
    Optional<Object> usual = usual(name);
    boolean bytes = source.parameterOf(name).equals("bytes");
    String valid =
        MEASURED.contains(type)
            ? ValidRange.of(type, measured(usual, type), value -> takes(setter, value), bytes)
            : kind(type);
    return line(
        "`" + name + "`",
        usual.map(value -> declared(name, value, bytes)).orElse("none"),
        valid,
        why(name).map(reason -> text + " Why: " + reason).orElse(text));
  }

  private static Object measured(Optional<Object> usual, Class<?> type) {
    return usual.filter(value -> value instanceof Number || type == Duration.class).orElse(1L);
  }

  /** What the getter says; of a knob whose getter works the number out, what is declared. */
  private String declared(String name, Object value, boolean bytes) {
    OptionalLong declared = source.declaredDefault(name);
    return declared.isPresent() && !(value instanceof Duration)
        ? Written.number(declared.getAsLong(), bytes)
        : Written.value(value, bytes);
  }

  private Optional<String> why(String name) {
    String knob = name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    String field = name.replaceFirst("After$", "");
    return source
        .whyOf(knob + "\\(\"" + name + "\"")
        .or(() -> source.whyOf("\\w+ " + field + " = "));
  }

  private Optional<Object> usual(String name) throws ReflectiveOperationException {
    for (String getter : List.of(name, name.equals("trust") ? "trusted" : "how")) {
      try {
        return Optional.ofNullable(options.getMethod(getter).invoke(defaults))
            .filter(value -> value.getClass() != options);
      } catch (NoSuchMethodException next) {
        // tried under the other name, then
      }
    }
    return Optional.empty();
  }

  private boolean takes(Method setter, Object value) {
    try {
      setter.invoke(defaults, value);
      return true;
    } catch (InvocationTargetException refused) {
      return false;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  // Both.

  private static String kind(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(each -> "`" + each + "`")
          .collect(Collectors.joining(", "));
    }
    return type == Optional.class ? "" : "`" + type.getSimpleName() + "`";
  }

  private static String line(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
