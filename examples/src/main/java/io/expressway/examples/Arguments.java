package io.expressway.examples;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An example's {@code --name value} options. Immutable. */
final class Arguments {
  private static final Set<String> KNOWN =
      Set.of("file", "bucket", "region", "reads", "replicas", "out", "seconds");
  private final Map<String, String> options;

  private Arguments(Map<String, String> options) {
    this.options = options;
  }

  static Arguments parse(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "unknown option "
                + args[i]
                + ", known: --file PATH,"
                + " --bucket NAME, --region REGION, --reads N, --replicas NAME,NAME,NAME,"
                + " --out FILE, --seconds N");
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      options.put(name, args[i + 1]);
    }
    return new Arguments(options);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(options.get(name));
  }

  int number(String name, int fallback) {
    return get(name).map(text -> positive(name, text)).orElse(fallback);
  }

  private static int positive(String name, String text) {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "--" + name + " must be a positive number, but is " + text);
    }
    return Integer.parseInt(text);
  }
}
