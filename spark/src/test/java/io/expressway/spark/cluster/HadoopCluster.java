package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A driver and one executor of one core on a class path with hadoop-aws and its SDK, configured for
 * S3A and for us: the same identity, by the SDK's default chain, and the same bucket.
 */
final class HadoopCluster {
  private static final int MINUTES = 10;

  private final ZonalServer server;
  private final Path home;
  private final String jars;
  private final Path directory;

  /** On a SPARK_HOME with hadoop-aws; jars with commas between, logs into the directory. */
  HadoopCluster(ZonalServer server, Path home, String jars, Path directory) {
    this.server = server;
    this.home = home;
    this.jars = jars;
    this.directory = directory;
  }

  /** Runs a main class as the driver; its output goes to {@code driver.log}. */
  void run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of(
            "SPARK_HOME", home.toString(),
            "SPARK_SCALA_VERSION", "2.13",
            "SPARK_LOCAL_IP", "127.0.0.1",
            "AWS_ACCESS_KEY_ID", server.accessKeyId(),
            "AWS_SECRET_ACCESS_KEY", server.secretAccessKey());
    try (Children children = new Children(directory, environment)) {
      List<String> options = new ArrayList<>(List.of("-Xmx512m"));
      configuration().forEach((key, value) -> options.add("-D" + key + "=" + value));
      options.addAll(List.of("-cp", home + "/jars/*:" + jars.replace(',', ':')));
      List<String> command = new ArrayList<>(List.of(main.getName()));
      command.addAll(List.of(arguments));
      Process driver = children.start("driver", options, command.toArray(String[]::new));
      if (!driver.waitFor(MINUTES, TimeUnit.MINUTES) || driver.exitValue() != 0) {
        throw new IllegalStateException("the driver failed: see " + directory + "/driver.log");
      }
    }
  }

  private Map<String, String> configuration() {
    Zone zone = server.zones().get(0);
    Map<String, String> conf = new TreeMap<>();
    conf.put("spark.master", "local-cluster[1,1,1200]");
    conf.put("spark.jars", jars);
    conf.put("spark.ui.enabled", "false");
    conf.put("spark.driver.host", "127.0.0.1");
    conf.put("spark.driver.bindAddress", "127.0.0.1");
    conf.put("spark.executor.memory", "1g");
    conf.put("spark.sql.warehouse.dir", directory.resolve("warehouse").toString());
    conf.put("spark.expressway.buckets", zone.bucket());
    conf.put("spark.expressway.endpoint", zone.endpoint().toString());
    conf.put("spark.expressway.credentials", "default"); // by the SDK that hadoop-aws brings
    conf.put("spark.hadoop.fs.s3a.endpoint", zone.endpoint().toString());
    conf.put("spark.hadoop.fs.s3a.endpoint.region", server.region());
    conf.put("spark.hadoop.fs.s3a.path.style.access", "true");
    conf.put("spark.hadoop.fs.s3a.s3express.create.session", "false");
    conf.put(
        "spark.hadoop.fs.s3a.aws.credentials.provider",
        "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider");
    return conf;
  }
}
