package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;

/**
 * Runs {@link SdkJob} against a server in this process: the bundle beside hadoop-aws and its SDK,
 * with credentials of the SDK's default chain. Arguments: a SPARK_HOME with hadoop-aws, the bundle,
 * the job's jar, a directory to work in. Ends with 1 when something is not as it should be.
 */
public final class SdkRun {
  private SdkRun() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    try (ZonalServer server = ClusterRun.server()) {
      String told =
          new HadoopCluster(server, args)
              .run(SdkJob.class).stream()
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
