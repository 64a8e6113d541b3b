package io.expressway.spark.cluster;

import io.expressway.AccessKey;
import io.expressway.Credentials;
import io.expressway.testkit.TemporaryCredentials;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;

/**
 * An identity for each executor, by its number in the application, so that the server's log tells
 * whose a request was. Found by its name, on executors; which keys there are is in the environment.
 */
public final class ExecutorKeys implements Supplier<Credentials> {
  static final String VARIABLE = "EXPRESSWAY_EXECUTOR_KEYS";

  /** What {@link #VARIABLE} must be for executors 0 and on. */
  static String variable(List<TemporaryCredentials> keys) {
    return keys.stream()
        .map(key -> key.accessKeyId() + " " + key.secretAccessKey() + " " + key.sessionToken())
        .collect(Collectors.joining(","));
  }

  @Override
  public Credentials get() {
    String[] keys = System.getenv(VARIABLE).split(",", -1);
    String[] own = keys[Integer.parseInt(SparkEnv.get().executorId())].split(" ", -1);
    return Credentials.of(AccessKey.temporary(own[0], own[1], own[2], null));
  }
}
