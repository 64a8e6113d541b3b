package io.expressway.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long from starting a JVM to the first byte of a first read? Starts a fresh JVM for each
 * sample, the clients taking turns, and prints the median of each as a Markdown table.
 *
 * <p>Run by {@code jmh/run cold}; {@code -Dexpressway.rounds=N} sets the samples per client.
 */
public final class ColdStart {
  private static final int OBJECT_BYTES = 4096;
  private static final int BAR = 30;
  private static final double MOST_OF_THE_SDK = 0.5;

  private ColdStart() {}

  /** Without arguments the parent; with a client's name the JVM that is timed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 1) {
      readOnce(RangeClients.valueOf(args[0]));
      return;
    }
    Map<RangeClients, List<Double>> samples = new EnumMap<>(RangeClients.class);
    int rounds = Integer.getInteger("expressway.rounds", 10);
    for (int round = 0; round < rounds; round++) {
      for (RangeClients client : RangeClients.usual()) {
        samples.computeIfAbsent(client, c -> new ArrayList<>()).add(millisToFirstByte(client));
      }
    }
    print(samples);
    String out = System.getProperty("expressway.out");
    if (out != null) {
      Verdict.save(Files.createDirectories(Path.of(out)), "cold-start", verdicts(samples));
    }
  }

  /** Round by round, against the quickest of the SDK's clients. */
  private static List<Verdict> verdicts(Map<RangeClients, List<Double>> samples) {
    RangeClients quickest =
        samples.keySet().stream()
            .filter(RangeClients::isPeer)
            .min(Comparator.comparingDouble(each -> median(millis(samples, each))))
            .orElseThrow();
    List<Double> ratios =
        Rounds.ratios(millis(samples, RangeClients.expressway), millis(samples, quickest));
    return List.of(
        Verdict.ofRounds(
                "from the start of a JVM to the first byte",
                "time beside the SDK's quickest client",
                "≤ 0.5 ×",
                "×",
                ratios,
                ratio -> ratio <= MOST_OF_THE_SDK)
            .beside(
                String.format(
                    Locale.ROOT, "%s %.0f ms", quickest, median(millis(samples, quickest)))));
  }

  private static List<Double> millis(Map<RangeClients, List<Double>> samples, RangeClients client) {
    return samples.getOrDefault(client, List.of());
  }

  private static void readOnce(RangeClients kind) throws IOException {
    try (RangeClient client =
        kind.open(ServerAddress.of(Boolean.getBoolean("expressway.cold.tls")))) {
      client.read(OBJECT_BYTES);
      System.out.println("first byte");
      System.out.flush();
    } catch (Exception e) {
      throw new IOException(kind + " failed", e);
    }
    System.exit(0);
  }

  private static double millisToFirstByte(RangeClients client)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(command(client)).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("first byte")) {
          double millis = (System.nanoTime() - begin) / 1e6;
          process.waitFor();
          return millis;
        }
        output.append(line).append('\n');
      }
    }
    throw new IOException(client + " never got a byte:\n" + output);
  }

  private static List<String> command(RangeClients client) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    System.getProperties()
        .forEach(
            (name, value) -> {
              if (name.toString().startsWith("expressway.")) {
                command.add("-D" + name + "=" + value);
              }
            });
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ColdStart.class.getName(), client.name()));
    return command;
  }

  private static void print(Map<RangeClients, List<Double>> samples) {
    System.out.printf(
        "# Cold start%n%n`jmh/run cold` on %s, JDK %s: from the start of a JVM to the first byte of"
            + " its first read of 4 KiB, a session included. %d JVMs for each client, in turns, on"
            + " one core; the server on another.%n%n",
        System.getProperty("os.name"),
        System.getProperty("java.version"),
        samples.values().iterator().next().size());
    System.out.println("| client | median ms | fastest ms | slowest ms | median |");
    System.out.println("|---|---|---|---|---|");
    double longest = samples.values().stream().mapToDouble(ColdStart::median).max().orElseThrow();
    samples.forEach(
        (client, millis) -> {
          double[] sorted = sorted(millis);
          System.out.printf(
              "| %s | %.0f | %.0f | %.0f | %s |%n",
              client,
              median(millis),
              sorted[0],
              sorted[sorted.length - 1],
              "█".repeat((int) Math.round(BAR * median(millis) / longest)));
        });
  }

  private static double[] sorted(List<Double> millis) {
    return millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static double median(List<Double> millis) {
    return sorted(millis)[millis.size() / 2];
  }
}
