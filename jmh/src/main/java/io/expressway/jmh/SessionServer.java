package io.expressway.jmh;

import io.expressway.testkit.Fault;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A zone in a process of its own whose CreateSession misbehaves. {@link ServerProcess} runs it; it
 * prints endpoint, access key id, secret, region and bucket in one line, then the number of
 * CreateSessions so far for each line it reads, and ends with its standard input.
 *
 * <pre>{@code
 * SessionServer SESSION_SECONDS BUCKETS calm
 * SessionServer SESSION_SECONDS BUCKETS slow MILLIS        CreateSession answers that late
 * SessionServer SESSION_SECONDS BUCKETS denied MILLIS      it answers 403 that late
 * SessionServer SESSION_SECONDS BUCKETS shaky MILLIS SEED  a fifth fails, a fifth is that late
 * }</pre>
 */
public final class SessionServer {
  private static final int OBJECT_BYTES = 4 << 10;
  private static final double FAILING = 0.2;

  /** A fifth of all is a quarter of those that the first fault spares. */
  private static final double SLOW_OF_THE_REST = 0.25;

  private SessionServer() {}

  /** Serves until the standard input ends. */
  public static void main(String[] args) throws IOException {
    Duration lateness = Duration.ofMillis(args.length > 3 ? Long.parseLong(args[3]) : 0);
    // A refusal is no faster than the profile; a calm zone answers data at once.
    LatencyProfile latency =
        args[2].equals("denied") ? LatencyProfile.fixed(lateness) : LatencyProfile.none();
    try (ZonalServer server =
            ZonalServer.builder()
                .sessionLifetime(Duration.ofSeconds(Long.parseLong(args[0])))
                .latency(latency)
                .requestLog(0)
                .start();
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Zone zone = server.zones().get(0);
      fill(zone, Integer.parseInt(args[1]));
      misbehave(zone, args, lateness);
      System.out.println(
          String.join(
              " ",
              zone.endpoint().toString(),
              server.accessKeyId(),
              server.secretAccessKey(),
              server.region(),
              zone.bucket()));
      while (input.readLine() != null) {
        System.out.println(server.roundTrips().createSessions());
      }
    }
  }

  private static void fill(Zone zone, int buckets) {
    zone.putObject(zone.bucket(), ServerAddress.KEY, new byte[OBJECT_BYTES]);
    for (int i = 1; i < buckets; i++) {
      zone.createBucket("demo" + i);
    }
  }

  private static void misbehave(Zone zone, String[] args, Duration lateness) {
    switch (args[2]) {
      case "calm" -> {}
      case "slow" -> zone.inject(Fault.delay(lateness).on("CreateSession").always());
      case "denied" -> zone.inject(Fault.accessDenied().on("CreateSession").always());
      case "shaky" -> {
        long seed = Long.parseLong(args[4]);
        zone.inject(Fault.internalError().on("CreateSession").withProbability(FAILING, seed));
        zone.inject(
            Fault.delay(lateness).on("CreateSession").withProbability(SLOW_OF_THE_REST, seed + 1));
      }
      default -> throw new IllegalArgumentException("no behaviour \"" + args[2] + "\"");
    }
  }
}
