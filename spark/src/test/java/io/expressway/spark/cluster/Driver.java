package io.expressway.spark.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What every driver here is started with. */
final class Driver {
  private Driver() {}

  /** Of the driver, and of what starts executors. */
  static Map<String, String> environment(Path home) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SPARK_HOME", home.toString());
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    return environment;
  }

  /** On loopback, without a page; jars with commas between. */
  static Map<String, String> configuration(String master, String jars, Path directory) {
    Map<String, String> conf = new TreeMap<>();
    conf.put("spark.master", master);
    conf.put("spark.jars", jars);
    conf.put("spark.ui.enabled", "false");
    conf.put("spark.driver.host", "127.0.0.1");
    conf.put("spark.driver.bindAddress", "127.0.0.1");
    conf.put("spark.sql.warehouse.dir", directory.resolve("warehouse").toString());
    return conf;
  }

  /** Starts a main class, on Spark's class path and the configuration's jars. */
  static Process start(
      Children children, Path home, Map<String, String> conf, Class<?> main, String... arguments)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("-Xmx512m"));
    conf.forEach((key, value) -> options.add("-D" + key + "=" + value));
    String jars = conf.getOrDefault("spark.jars", "").replace(',', ':');
    options.addAll(List.of("-cp", home + "/jars/*:" + jars));
    List<String> command = new ArrayList<>(List.of(main.getName()));
    command.addAll(List.of(arguments));
    return children.start("driver", options, command.toArray(String[]::new));
  }
}
