package io.expressway.jmh;

import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A zone in a process of its own that answers as late as it is told to. {@link ServerProcess} runs
 * it; it prints endpoint, access key id, secret, region and bucket in one line, then GetObjects,
 * HeadObjects, bytes sent and requests of any kind so far for each line it reads, and ends with its
 * standard input.
 *
 * <pre>{@code PatternServer MILLIS|express|paced OBJECTS BYTES [KIND [ZONE]]}</pre>
 *
 * <p>Keys end in the kind, {@code parquet} unless told; the zone is {@code usw2-az1}. There is an
 * object of 1 MiB at {@link ServerAddress#KEY} too.
 */
public final class PatternServer {
  /** As late as a model of the service, and as fast a connection. */
  static final String EXPRESS = "express";

  private static final long PACED_BYTES_PER_SECOND = 80_000_000;
  private static final int RANGED_BYTES = 1 << 20;
  private static final int WORD = Long.BYTES;

  private PatternServer() {}

  /** The key of an object. */
  static String key(int index) {
    return FileRead.PARQUET.key(index);
  }

  /**
   * What objects hold from {@code place} on, as far as there is room: every eight bytes say where
   * they are, so that what is missing or comes twice is seen.
   *
   * @param place a multiple of eight
   */
  static ByteBuffer content(ByteBuffer room, long place) {
    for (long at = place; room.remaining() >= WORD; at += WORD) {
      room.putLong(at * 0x9E3779B97F4A7C15L);
    }
    return room.flip();
  }

  private static LatencyProfile latency(String name) {
    return switch (name) {
      case EXPRESS -> LatencyProfile.express();
      case FileRead.PACED_LATENCY ->
          LatencyProfile.fixed(Duration.ofMillis(5)).rate(PACED_BYTES_PER_SECOND);
      default -> LatencyProfile.fixed(Duration.ofMillis(Long.parseLong(name)));
    };
  }

  /** Serves until the standard input ends. */
  public static void main(String[] args) throws IOException {
    try (ZonalServer server =
            ZonalServer.builder()
                .zones(args.length > 4 ? args[4] : "usw2-az1")
                .credentials(
                    ZoneServer.ACCESS_KEY_ID, ZoneServer.SECRET_ACCESS_KEY) // in every zone
                .latency(latency(args[0]))
                .requestLog(0)
                .start();
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Zone zone = server.zones().get(0);
      String kind = args.length > 3 ? args[3] : FileRead.PARQUET.kind();
      ByteBuffer content = content(ByteBuffer.allocateDirect(Integer.parseInt(args[2])), 0);
      zone.putObject(zone.bucket(), ServerAddress.KEY, ByteBuffer.allocate(RANGED_BYTES));
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        zone.putObject(zone.bucket(), FileRead.key(i, kind), content.duplicate());
      }
      System.out.println(
          new ServerAddress(
                  zone.endpoint(),
                  server.accessKeyId(),
                  server.secretAccessKey(),
                  server.region(),
                  zone.bucket())
              .line());
      while (input.readLine() != null) {
        RoundTrips so = server.roundTrips();
        System.out.printf(
            "%d %d %d %d%n", so.of("GetObject"), so.of("HeadObject"), so.bytesOut(), so.total());
      }
    }
  }
}
