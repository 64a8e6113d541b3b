package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs {@link SdkJob} against a server in this process: the bundle beside hadoop-aws and its SDK,
 * with credentials of the SDK's default chain. Arguments: a SPARK_HOME with hadoop-aws, the bundle,
 * the job's jar, a directory to work in. Ends with 1 when something is not as it should be.
 */
public final class SdkRun {
  private SdkRun() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath();
    String jars = Path.of(args[1]).toAbsolutePath() + "," + Path.of(args[2]).toAbsolutePath();
    Path directory = Files.createDirectories(Path.of(args[3]).toAbsolutePath());
    try (ZonalServer server = ClusterRun.server()) {
      new HadoopCluster(server, home, jars, directory).run(SdkJob.class);
      String told =
          Files.readAllLines(directory.resolve("driver.log")).stream()
              .filter(line -> line.startsWith("sdk "))
              .findFirst()
              .orElseThrow();
      long sessions = server.roundTrips().createSessions();
      System.out.println("Spark " + told.substring("sdk ".length()) + ", sessions " + sessions);
      if (sessions != 1 || !told.endsWith("epoll=true tls=true")) {
        System.exit(1);
      }
    }
  }
}
