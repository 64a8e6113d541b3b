package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs a PySpark program with the bundle against a server in this process. Arguments: a Python that
 * has pyspark, the program, the bundle, a directory for the log. Ends with 1 when the program does
 * not end well.
 */
public final class PythonRun {
  private static final int OBJECTS = 100;

  private PythonRun() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path program = Path.of(args[1]).toAbsolutePath();
    Path bundle = Path.of(args[2]).toAbsolutePath();
    Path directory = Files.createDirectories(Path.of(args[3]).toAbsolutePath());
    boolean right;
    try (ZonalServer server = ClusterRun.server()) {
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID", server.accessKeyId(),
              "AWS_SECRET_ACCESS_KEY", server.secretAccessKey(),
              "SPARK_LOCAL_IP", "127.0.0.1",
              "PYSPARK_SUBMIT_ARGS", submitArguments(server, bundle));
      try (Children children = new Children(directory, environment)) {
        Process python = children.start("python", List.of(args[0], program.toString(), expected()));
        right = python.waitFor(3, TimeUnit.MINUTES) && python.exitValue() == 0;
      }
      long sessions = server.zones().get(0).roundTrips().createSessions();
      right &= sessions == 1;
      System.out.println(
          "PySpark: " + (right ? "right" : "WRONG") + ", " + sessions + " session(s)");
    }
    if (!right) {
      System.exit(1);
    }
  }

  private static String submitArguments(ZonalServer server, Path bundle) {
    Zone zone = server.zones().get(0);
    List<String> words = new ArrayList<>(List.of("--master", "local[2]", "--jars"));
    words.add(bundle.toString());
    for (String conf :
        List.of(
            "spark.ui.enabled=false",
            "spark.expressway.credentials=environment",
            "spark.expressway.buckets=" + zone.bucket(),
            "spark.expressway.endpoint=" + zone.endpoint())) {
      words.add("--conf");
      words.add(conf);
    }
    words.add("pyspark-shell");
    return String.join(" ", words);
  }

  /** Each object's number and the CRC32 of its head. */
  private static String expected() {
    return IntStream.range(0, OBJECTS)
        .mapToObj(
            object ->
                object + "=" + JobObjects.crc(JobObjects.content(object), 0, JobObjects.HEAD_BYTES))
        .collect(Collectors.joining(","));
  }
}
