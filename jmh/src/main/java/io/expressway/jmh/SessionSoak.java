package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.SessionOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Reads at a fixed rate while sessions live for seconds, a fifth of the CreateSessions fails and a
 * fifth is slow: does a read fail, wait for a session, or take longer when one is replaced?
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.SessionSoak
 *   --minutes 30 --rate 500 --session-seconds 10 --slow-millis 2000 --seed 1 --buckets 200
 *   --warm-up-seconds 10 --out docs/benchmarks
 * </pre>
 *
 * <p>Exits with 1 when a read failed or waited, or when no session was replaced at all.
 */
public final class SessionSoak {
  private static final Set<String> KNOWN =
      Set.of(
          "minutes",
          "rate",
          "session-seconds",
          "slow-millis",
          "seed",
          "buckets",
          "warm-up-seconds",
          "out");
  private static final int OBJECT_BYTES = 4 << 10;
  private static final int WARM_UP_ATTEMPTS = 20;

  private final Arguments arguments;
  private final int rate;
  private final int sessionSeconds;

  private SessionSoak(Arguments arguments) {
    this.arguments = arguments;
    this.rate = arguments.number("rate", 500);
    this.sessionSeconds = arguments.number("session-seconds", 10);
  }

  /** Runs both parts, prints the report and writes it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    SessionSoak soak = new SessionSoak(arguments);
    JitterHistogram jitter =
        JitterHistogram.measure(arguments.number("buckets", 200), soak.sessionSeconds);
    SoakReport report = soak.run(jitter);
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve("sessions-soak.md"), report.markdown());
    Files.writeString(out.resolve("sessions-soak.json"), report.json());
    Verdict.save(out, "sessions-soak", report.verdicts());
    System.out.print(report.markdown());
    System.exit(report.passed() ? 0 : 1);
  }

  private SoakReport run(JitterHistogram jitter) throws IOException, InterruptedException {
    RefreshTimes refreshes = new RefreshTimes();
    try (ServerProcess server =
            ServerProcess.start(
                SessionServer.class,
                String.valueOf(sessionSeconds),
                "1",
                "shaky",
                String.valueOf(arguments.number("slow-millis", 2_000)),
                String.valueOf(arguments.number("seed", 1)));
        Sessions sessions =
            Sessions.over(
                Credentials.of(server.address().accessKeyId(), server.address().secretAccessKey()),
                SessionOptions.defaults().listener(refreshes))) {
      WatchedSessions watched = new WatchedSessions(sessions);
      ExpressOptions options = ExpressOptions.defaults().endpoint(server.address().endpoint());
      try (ExpressBucket bucket = ExpressBucket.open(server.address().bucket(), watched, options)) {
        warmUp(sessions, bucket);
        long waitedBefore = watched.waited();
        long askedBefore = server.createSessions();
        long refreshedBefore = refreshes.refreshed();
        long failedBefore = refreshes.failed();
        OpenLoop loop = loop(bucket, Math.round(60 * arguments.fraction("minutes", 30)));
        loop.run();
        return new SoakReport(
            new SoakReport.Setting(rate, sessionSeconds, loop.count() / rate),
            new SoakReport.Counts(
                loop.count(),
                loop.failed(),
                watched.waited() - waitedBefore,
                server.createSessions() - askedBefore,
                refreshes.refreshed() - refreshedBefore,
                refreshes.failed() - failedBefore,
                TimeUnit.NANOSECONDS.toMillis(refreshes.longestNanos())),
            loop,
            refreshes,
            jitter);
      }
    }
  }

  /** The first session comes from the same shaky server; then what runs is compiled. */
  private void warmUp(Sessions sessions, ExpressBucket bucket) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        sessions.warmUp(bucket).join();
        break;
      } catch (CompletionException e) {
        if (attempt == WARM_UP_ATTEMPTS) {
          throw e;
        }
      }
    }
    loop(bucket, arguments.number("warm-up-seconds", 10)).run();
  }

  private OpenLoop loop(ExpressBucket bucket, long seconds) {
    return new OpenLoop(
        () ->
            bucket
                .read(ServerAddress.KEY, ByteRange.of(0, OBJECT_BYTES))
                .thenAccept(slice -> slice.close()),
        rate,
        seconds);
  }
}
