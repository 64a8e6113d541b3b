package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  /**
   * Arguments: a SPARK_HOME with hadoop-aws, the bundle, the job's jar, a directory to work in;
   * more are the caller's.
   */
  HadoopCluster(ZonalServer server, String[] args) throws IOException {
    this.server = server;
    this.home = Path.of(args[0]).toAbsolutePath();
    this.jars = Path.of(args[1]).toAbsolutePath() + "," + Path.of(args[2]).toAbsolutePath();
    this.directory = Files.createDirectories(Path.of(args[3]).toAbsolutePath());
  }

  /** Runs a main class as the driver, and gives the lines that it printed. */
  List<String> run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    Map<String, String> environment = Driver.environment(home);
    environment.put("AWS_ACCESS_KEY_ID", server.accessKeyId());
    environment.put("AWS_SECRET_ACCESS_KEY", server.secretAccessKey());
    Path log = directory.resolve("driver.log");
    try (Children children = new Children(directory, environment)) {
      Process driver = Driver.start(children, home, configuration(), main, arguments);
      if (!driver.waitFor(MINUTES, TimeUnit.MINUTES) || driver.exitValue() != 0) {
        throw new IllegalStateException("the driver failed: see " + log);
      }
    }
    return Files.readAllLines(log);
  }

  private Map<String, String> configuration() {
    Zone zone = server.zones().get(0);
    Map<String, String> conf = Driver.configuration("local-cluster[1,1,1200]", jars, directory);
    conf.put("spark.executor.memory", "1g");
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
