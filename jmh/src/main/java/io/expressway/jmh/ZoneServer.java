package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.WriteOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One zone of several, in a process of its own, with one object. {@link ServerProcess} runs it; it
 * prints endpoint, access key id, secret, region and bucket in one line, then answers each line it
 * reads with one, and ends with its standard input.
 *
 * <pre>{@code
 * ZoneServer ZONE PORT SEED STRAGGLERS LEAST PROFILE
 *   reads        GetObjects so far
 *   delays       what was added to each GetObject of the object, in microseconds, oldest first
 *   pauses       when this process could not run, as Pauses has it
 *   forget       forgets both
 *   clear        misbehaves no more
 *   FAULT        misbehaves: silent, storm, slow, resets
 * }</pre>
 *
 * <p>That share of requests takes between LEAST and 100 ms, the others what the profile says,
 * {@code express} or {@code standard}.
 *
 * <p>Sessions outlive the process, as they outlive a zone's trouble in the service: one that is
 * started again hands out the same first ones.
 */
public final class ZoneServer {
  /** Of all servers here, so that a set of their zones has one key. */
  static final String ACCESS_KEY_ID = "CLAIMSKEY";

  static final String SECRET_ACCESS_KEY = "claims-secret";

  /** The same in every zone, as a write through the set would have it. */
  private static final Map<String, String> STAMP =
      Map.of("expressway-version", "0193600000000000-00000000000000c1");

  private static final int OBJECT_BYTES = 1 << 20;
  private static final int SESSIONS = 6;
  private static final String WARM_UP = "warm-up";
  private static final int READ_BYTES = 64 << 10;
  private static final int WARM_READS = 1_000;
  private static final int WARM_AT_ONCE = 20;
  private static final int REMEMBERED = 200_000;
  private static final long RESET_AFTER_BYTES = 20_000;
  private static final Duration SLOWER = Duration.ofMillis(500);
  private static final Duration LONGEST_STRAGGLER = Duration.ofMillis(100);

  private ZoneServer() {}

  /** Serves until the standard input ends. */
  public static void main(String[] args) throws IOException {
    double stragglers = Double.parseDouble(args[3]);
    try (ZonalServer server =
            ZonalServer.builder()
                .zones(args[0])
                .port(Integer.parseInt(args[1]))
                .seed(Long.parseLong(args[2]))
                .credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY)
                .sessionLifetime(Duration.ofHours(1))
                .latency(
                    profile(args[5])
                        .seed(Long.parseLong(args[2]))
                        .stragglers(
                            stragglers,
                            Duration.ofMillis(Long.parseLong(args[4])),
                            LONGEST_STRAGGLER))
                .requestLog(stragglers > 0 ? REMEMBERED : 0)
                .start();
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Zone zone = server.zones().get(0);
      Pauses pauses = Pauses.watch();
      fill(server, zone);
      System.out.println(
          String.join(
              " ",
              zone.endpoint().toString(),
              server.accessKeyId(),
              server.secretAccessKey(),
              server.region(),
              zone.bucket()));
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(answer(zone, pauses, line));
      }
    }
  }

  private static LatencyProfile profile(String name) {
    return switch (name) {
      case "express" -> LatencyProfile.express();
      case "standard" -> LatencyProfile.standard();
      default -> throw new IllegalArgumentException("no profile \"" + name + "\"");
    };
  }

  /** Nobody may find a zone without its object or its sessions. */
  private static void fill(ZonalServer server, Zone zone) {
    zone.inject(Fault.internalError().on("GetObject").onKey(key -> !key.equals(WARM_UP)).always());
    Credentials keys = Credentials.of(server.accessKeyId(), server.secretAccessKey());
    ExpressOptions options = ExpressOptions.defaults().endpoint(zone.endpoint());
    try (Bucket bucket = ExpressBucket.open(zone.bucket(), keys, options)) {
      bucket
          .write(
              ServerAddress.KEY,
              ByteBuffer.allocate(OBJECT_BYTES),
              WriteOptions.defaults().metadata(STAMP))
          .join();
    }
    for (int i = 0; i < SESSIONS; i++) {
      try (Sessions sessions = Sessions.over(keys);
          Bucket bucket = ExpressBucket.open(zone.bucket(), sessions, options)) {
        sessions.warmUp(bucket).join();
      }
    }
    try (Bucket bucket = ExpressBucket.open(zone.bucket(), keys, options)) {
      warmUp(bucket);
    }
    zone.clearFaults();
  }

  /** A zone that comes back is one whose code has run before. */
  private static void warmUp(Bucket bucket) {
    bucket.write(WARM_UP, ByteBuffer.allocate(READ_BYTES), WriteOptions.defaults()).join();
    ClosedLoop.run(
        () -> bucket.read(WARM_UP, ByteRange.all()).thenAccept(slice -> slice.close()),
        WARM_AT_ONCE,
        WARM_READS);
    bucket.delete(WARM_UP).join();
  }

  private static String answer(Zone zone, Pauses pauses, String command) {
    switch (command) {
      case "reads" -> {
        return String.valueOf(zone.roundTrips().of("GetObject") - WARM_READS);
      }
      case "delays" -> {
        return zone.requests().stream()
            .filter(request -> ServerAddress.KEY.equals(request.key()))
            .map(RequestRecord::injectedDelay)
            .map(delay -> String.valueOf(delay.toNanos() / 1_000))
            .collect(Collectors.joining(","));
      }
      case "pauses" -> {
        return pauses.line();
      }
      case "forget" -> {
        zone.clearRequests();
        pauses.forget();
      }
      case "clear" -> zone.clearFaults();
      default -> misbehave(zone, command);
    }
    return "done";
  }

  private static void misbehave(Zone zone, String how) {
    switch (how) {
      case "silent" -> {
        zone.inject(Fault.ignoreConnection().always());
        zone.inject(Fault.blackHole().always());
      }
      case "storm" -> zone.inject(Fault.slowDown().always());
      case "slow" -> zone.inject(Fault.delay(SLOWER).always());
      case "resets" -> zone.inject(Fault.resetAfter(RESET_AFTER_BYTES).on("GetObject").always());
      default -> throw new IllegalArgumentException("no fault \"" + how + "\"");
    }
  }
}
