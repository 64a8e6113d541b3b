package io.expressway.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The arguments of {@link ZonalServerMain}. Used once. */
final class CommandLine {
  static final String USAGE =
      """
      usage: expressway-zonal-server [options]
        --zones A,B,C             zone ids; default usw2-az1
        --port N                  port of the first zone, the next follow; default 9000, 0 for any
        --region R                default us-west-2
        --bucket NAME             base or full name, may be repeated; default demo
        --latency NAME            how zones answer: express, standard or none, the default
        --tls                     HTTPS with a certificate made at start
        --cert-out FILE           writes that certificate as PEM
        --session-seconds N       lifetime of sessions; default 300
        --access-key ID           default random; needs --secret-key
        --secret-key SECRET       default random; needs --access-key
        --seed-object SIZE:KEY    stores SIZE pseudo-random bytes (k, m, g accepted) in every bucket
        --threads N               event loop threads; default 1
        --json                    first line is a JSON object with endpoints and credentials
        --help                    this text
      """;

  /** Arguments that make no sense; the message says which and why. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * An object to store before the first request.
   *
   * @param bytes its size
   * @param key its key
   */
  record SeedObject(int bytes, String key) {}

  private final ZonalServer.Builder builder = ZonalServer.builder().requestLog(0).seed(0);
  private final List<SeedObject> seedObjects = new ArrayList<>();
  private final List<String> buckets = new ArrayList<>();
  private List<String> zones = List.of("usw2-az1");
  private int port = 9000;
  private boolean tls;
  private boolean json;
  private boolean help;
  private @Nullable String accessKey;
  private @Nullable String secretKey;
  private @Nullable String certificateFile;

  static CommandLine parse(String... args) {
    CommandLine line = new CommandLine();
    Iterator<String> rest = Arrays.asList(args).iterator();
    while (rest.hasNext()) {
      line.option(rest.next(), rest);
    }
    line.complete();
    return line;
  }

  ZonalServer.Builder builder() {
    return builder;
  }

  List<SeedObject> seedObjects() {
    return seedObjects;
  }

  boolean json() {
    return json;
  }

  boolean help() {
    return help;
  }

  @Nullable String certificateFile() {
    return certificateFile;
  }

  private void option(String name, Iterator<String> rest) {
    switch (name) {
      case "--zones" -> zones(value(name, rest));
      case "--port" -> port = (int) number(name, rest, 0, 65_535);
      case "--region" -> builder.region(value(name, rest));
      case "--bucket" -> bucket(value(name, rest));
      case "--latency" -> builder.latency(latency(value(name, rest)));
      case "--tls" -> tls = true;
      case "--cert-out" -> certificateFile = value(name, rest);
      case "--session-seconds" ->
          builder.sessionLifetime(Duration.ofSeconds(number(name, rest, 1, 86_400)));
      case "--access-key" -> accessKey = value(name, rest);
      case "--secret-key" -> secretKey = value(name, rest);
      case "--seed-object" -> seedObjects.add(seedObject(value(name, rest)));
      case "--threads" -> builder.threads((int) number(name, rest, 1, 1024));
      case "--json" -> json = true;
      case "--help", "-h" -> help = true;
      default -> throw new Refused("unknown option '" + name + "'");
    }
  }

  private void complete() {
    builder.port(port).tls(tls);
    if (port > 0 && port + zones.size() - 1 > 65_535) {
      throw new Refused("--port " + port + " leaves no ports for " + zones.size() + " zones");
    }
    for (String bucket : buckets) {
      if (bucket.endsWith("--x-s3")
          && zones.stream().noneMatch(zone -> bucket.endsWith("--" + zone + "--x-s3"))) {
        throw new Refused("--bucket " + bucket + " is in none of the zones " + zones);
      }
    }
    if (certificateFile != null && !tls) {
      throw new Refused("--cert-out needs --tls");
    }
    if (accessKey != null && secretKey != null) {
      builder.credentials(accessKey, secretKey);
    } else if (accessKey != null || secretKey != null) {
      throw new Refused("--access-key and --secret-key must be given together");
    }
  }

  private void zones(String list) {
    try {
      zones = List.of(list.split(",", -1));
      builder.zones(zones.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      throw new Refused("--zones " + list + ": " + e.getMessage());
    }
  }

  private void bucket(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      throw new Refused(
          "--bucket " + name + ": use lower-case letters, digits and hyphens, such as demo");
    }
    builder.bucket(name);
    buckets.add(name);
  }

  private static LatencyProfile latency(String name) {
    return switch (name) {
      case "express" -> LatencyProfile.express();
      case "standard" -> LatencyProfile.standard();
      case "none" -> LatencyProfile.none();
      default -> throw new Refused("--latency " + name + ": choose express, standard or none");
    };
  }

  private static SeedObject seedObject(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new Refused("--seed-object " + text + ": use SIZE:KEY, such as 8m:big.bin");
    }
    return new SeedObject(size(text.substring(0, colon)), text.substring(colon + 1));
  }

  private static int size(String text) {
    String digits = text.replaceAll("[kKmMgG]$", "");
    long unit =
        switch (text.substring(digits.length()).toLowerCase(Locale.ROOT)) {
          case "k" -> 1L << 10;
          case "m" -> 1L << 20;
          case "g" -> 1L << 30;
          default -> 1;
        };
    try {
      int bytes = Math.toIntExact(Math.multiplyExact(Long.parseLong(digits), unit));
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // falls through to the one message for all wrong sizes
    }
    throw new Refused("--seed-object: '" + text + "' is no size below 2g");
  }

  private static long number(String name, Iterator<String> rest, long min, long max) {
    String text = value(name, rest);
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for all wrong numbers
    }
    throw new Refused(name + " " + text + ": give a number from " + min + " to " + max);
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new Refused(name + " needs a value");
    }
    String value = rest.next();
    if (value.startsWith("--")) {
      throw new Refused(name + " needs a value, but " + value + " follows");
    }
    return value;
  }
}
