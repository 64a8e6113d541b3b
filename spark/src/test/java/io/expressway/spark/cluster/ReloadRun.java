package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@link ReloadJob} in a JVM of its own against a server in this process. Arguments: the
 * bundle, the job's jar, a directory for the log. Ends with 1 when something is not as it should
 * be.
 */
public final class ReloadRun {
  private ReloadRun() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    String bundle = Path.of(args[0]).toAbsolutePath().toString();
    String job = Path.of(args[1]).toAbsolutePath().toString();
    Path directory = Files.createDirectories(Path.of(args[2]).toAbsolutePath());
    boolean right;
    long sessions;
    try (ZonalServer server = ClusterRun.server()) {
      Zone zone = server.zones().get(0);
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID", server.accessKeyId(),
              "AWS_SECRET_ACCESS_KEY", server.secretAccessKey());
      try (Children children = new Children(directory, environment)) {
        Process reloading =
            children.start(
                "reload",
                List.of("-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-cp", job),
                ReloadJob.class.getName(),
                bundle,
                job,
                zone.bucket(),
                zone.endpoint().toString());
        right = reloading.waitFor(2, TimeUnit.MINUTES) && reloading.exitValue() == 0;
      }
      sessions = zone.roundTrips().createSessions();
    }
    List<String> told = Files.readAllLines(directory.resolve("reload.log"));
    System.out.println(told.isEmpty() ? "reload: nothing told" : told.get(told.size() - 1));
    System.out.println("sessions " + sessions);
    if (!right || told.size() != 1 || sessions != ReloadJob.COPIES) {
      System.exit(1);
    }
  }
}
