package io.expressway.examples.service;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Serves objects over HTTP: on three embedded zones, or {@code service --buckets NAME,NAME --region
 * REGION} on AWS. {@code GET /objects/KEY} takes a Range; {@code /} shows how it does, live; {@code
 * /health} and {@code /metrics} are for machines. SIGTERM lets what is under way finish.
 */
public final class Service {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String USAGE =
      "usage: service [--port N] [--cache-mb N]"
          + " [--buckets NAME,NAME [--region REGION] | --demo-rate N]";
  private static final Set<String> KNOWN =
      Set.of("--buckets", "--region", "--port", "--cache-mb", "--demo-rate");

  private Service() {}

  /**
   * Serves until it is interrupted or the process is told to end.
   *
   * @throws IllegalArgumentException when the arguments make no sense
   */
  public static int run(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(USAGE);
      return 0;
    }
    Map<String, String> options = parse(args);
    String buckets = options.getOrDefault("--buckets", "");
    boolean isDemo = buckets.isEmpty();
    Store store =
        isDemo
            ? Store.embedded(number(options, "--cache-mb", 32))
            : Store.onAws(
                List.of(buckets.split(",", -1)),
                options.getOrDefault("--region", ""),
                number(options, "--cache-mb", 1024));
    WebServer server = new WebServer(store, number(options, "--port", 8080));
    Thread end = new Thread(server::close, "shutdown");
    Runtime.getRuntime().addShutdownHook(end);
    System.out.println("serving at " + server.uri());
    if (isDemo) {
      DemoLoad.start(server.uri(), number(options, "--demo-rate", 50));
    }
    server.join();
    end.join(PATIENCE.toMillis());
    return 0;
  }

  private static Map<String, String> parse(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!KNOWN.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " is unknown or without a value\n" + USAGE);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  private static int number(Map<String, String> options, String name, int fallback) {
    String text = options.getOrDefault(name, String.valueOf(fallback));
    if (!text.matches("[0-9]{1,6}")) {
      throw new IllegalArgumentException(name + " must be a number, but is " + text);
    }
    return Integer.parseInt(text);
  }
}
