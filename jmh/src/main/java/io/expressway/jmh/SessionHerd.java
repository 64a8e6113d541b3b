package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * 10,000 concurrent first readers of one bucket while CreateSession is slow, and while it fails:
 * how often each client asks for a session, how long a call keeps its caller, and when all is over.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.SessionHerd
 *   --readers 10000 --threads 64 --slow-millis 7000 --denied-millis 100 --limit-seconds 120
 *   --out sessions-herd.md
 * </pre>
 *
 * <p>Exits with 1 when this library asked more than once while CreateSession was slow, more than
 * twice while it failed, or held a lone caller for a millisecond.
 */
public final class SessionHerd {
  private static final Set<String> KNOWN =
      Set.of("readers", "threads", "slow-millis", "denied-millis", "limit-seconds", "out");
  private static final int WARM_UPS = 3;

  private final int readers;
  private final int threads;
  private final long limitNanos;
  private final StringBuilder table = new StringBuilder();
  private boolean asExpected = true;

  private SessionHerd(Arguments arguments) {
    readers = arguments.number("readers", 10_000);
    threads = arguments.number("threads", 64);
    limitNanos = TimeUnit.SECONDS.toNanos(arguments.number("limit-seconds", 120));
  }

  /** Runs both, prints the table and writes it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    SessionHerd herd = new SessionHerd(arguments);
    int slow = arguments.number("slow-millis", 7_000);
    int denied = arguments.number("denied-millis", 100);
    herd.introduce();
    herd.warmUp();
    herd.compare("slow", slow, 1, "CreateSession takes " + slow + " ms");
    herd.compare("denied", denied, 2, "CreateSession fails with 403 after " + denied + " ms");
    System.out.print(herd.table);
    Path out = Path.of(arguments.text("out", "sessions-herd.md"));
    Files.writeString(out, herd.table);
    System.exit(herd.asExpected ? 0 : 1); // timers of the peers outlive them
  }

  private void introduce() {
    table.append(
        String.format(
            Locale.ROOT,
            "# First readers without a session%n%n%s %s, %d cores for the clients, JDK %s; server"
                + " in a process of its own.%n%n%,d readers of one object, each client warmed up"
                + " on a server that answers at once, then opened anew. Calls are made from %d"
                + " threads, and for the asynchronous clients also from one: a blocking client has"
                + " as many readers at once as threads. No client is waited for longer than %d s;"
                + " readers that did not begin by then, because their threads were blocked, are"
                + " missing in the column of those that began. A call's time is its caller's, by"
                + " the clock, and includes what else ran on its core meanwhile; a call that"
                + " held its caller is one of a millisecond or more in which the caller blocked,"
                + " parked or waited, by the kernel's count of its voluntary context switches."
                + " The young generation holds it all, so no collection falls into a call.%n",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"),
            readers,
            threads,
            TimeUnit.NANOSECONDS.toSeconds(limitNanos)));
  }

  /** Loads and compiles what runs: a first call's class loading is no matter of sessions. */
  private void warmUp() throws IOException, InterruptedException {
    try (ServerProcess calm = ServerProcess.start(SessionServer.class, "300", "1", "calm")) {
      for (HerdClient.Kind kind : HerdClient.Kind.values()) {
        for (int i = 0; i < WARM_UPS && kind.canReach(calm.address()); i++) {
          try (HerdClient client = kind.open(calm.address())) {
            Herd.Outcome warm = new Herd(client, readers, limitNanos).run(threads);
            if (warm.failed() > 0) {
              throw new IllegalStateException(
                  kind + " fails where nothing is wrong: " + warm + ", first " + warm.example());
            }
          }
        }
      }
    }
  }

  private void compare(String behaviour, int millis, int most, String title)
      throws IOException, InterruptedException {
    table.append("\n## ").append(title).append("\n\n");
    table.append("| client | threads | began | CreateSessions | longest call, ms ");
    table.append("| calls ≥ 1 ms | that held their caller | completed | failed ");
    table.append("| all completed after, ms |\n|---|---|---|---|---|---|---|---|---|---|\n");
    try (ServerProcess server =
        ServerProcess.start(SessionServer.class, "300", "1", behaviour, String.valueOf(millis))) {
      for (HerdClient.Kind kind : HerdClient.Kind.values()) {
        if (!kind.canReach(server.address())) {
          missing(kind, server.address());
          continue;
        }
        List<Integer> callers = new ArrayList<>();
        if (kind != HerdClient.Kind.SDK_SYNC) {
          callers.add(1);
        }
        callers.add(threads);
        for (int count : callers) {
          Measured measured = measure(server, kind, count);
          if (kind == HerdClient.Kind.EXPRESSWAY) {
            asExpected &= measured.asked() <= most && (count > 1 || measured.heldCalls() == 0);
          }
        }
      }
    }
  }

  private void missing(HerdClient.Kind kind, ServerAddress server) {
    String reason = "not run: " + server.bucket() + ".localhost has no address here";
    table
        .append("| ")
        .append(kind.title)
        .append(" | | ")
        .append(reason)
        .append(" | | | | | | | |\n");
    System.err.println(kind + " " + reason);
  }

  private record Measured(long asked, long heldCalls) {}

  private Measured measure(ServerProcess server, HerdClient.Kind kind, int callers)
      throws InterruptedException {
    long before = server.createSessions();
    HerdClient client = kind.open(server.address());
    Herd.Outcome outcome = new Herd(client, readers, limitNanos).run(callers);
    long asked = server.createSessions() - before;
    client.close();
    String took =
        outcome.completed() < readers
            ? "not within " + millis(limitNanos)
            : millis(outcome.tookNanos());
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %d | %d | %s | %d | %d | %d | %d | %s |%n",
            kind.title,
            callers,
            outcome.started(),
            asked,
            millis(outcome.longestCallNanos()),
            outcome.slowCalls(),
            outcome.heldCalls(),
            outcome.completed(),
            outcome.failed(),
            took));
    System.err.println(kind + " from " + callers + " threads: " + outcome);
    return new Measured(asked, outcome.heldCalls());
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%,.2f", nanos / 1e6);
  }
}
