package io.expressway.spark;

import io.expressway.AccessKey;
import io.expressway.Credentials;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** An identity by its name in a description. */
final class NamedCredentials {
  private NamedCredentials() {}

  /**
   * The identity.
   *
   * @param name {@code default} for the SDK's chain, {@code environment}, or a public class with a
   *     public constructor without arguments that is a {@code Supplier<Credentials>} or an SDK
   *     provider
   * @throws IllegalArgumentException when there is none of that name here
   */
  static Credentials of(String name) {
    return switch (name) {
      case "default" -> Credentials.fromDefaultChain();
      case "environment" -> fromEnvironment();
      default -> fromClass(name);
    };
  }

  /** Read by ourselves: it must do where no SDK is. */
  private static Credentials fromEnvironment() {
    String id = System.getenv("AWS_ACCESS_KEY_ID");
    String secret = System.getenv("AWS_SECRET_ACCESS_KEY");
    @Nullable String token = System.getenv("AWS_SESSION_TOKEN");
    if (id == null || secret == null) {
      throw new IllegalArgumentException(
          "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set in this executor's environment:"
              + " set spark.executorEnv.*, or another spark.expressway.credentials");
    }
    return Credentials.of(
        token == null || token.isBlank()
            ? AccessKey.of(id, secret)
            : AccessKey.temporary(id, secret, token, null));
  }

  private static Credentials fromClass(String name) {
    Object made = make(name);
    if (made instanceof Supplier<?> supplier && supplier.get() instanceof Credentials credentials) {
      return credentials;
    }
    return fromProvider(name, made);
  }

  private static Credentials fromProvider(String name, Object made) {
    if (made instanceof AwsCredentialsProvider provider) {
      return Credentials.of(provider);
    }
    throw new IllegalArgumentException(
        "spark.expressway.credentials: "
            + name
            + " is neither a Supplier<Credentials> nor an AwsCredentialsProvider");
  }

  private static Object make(String name) {
    try {
      return Class.forName(name, true, loader()).getConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalArgumentException(
          "spark.expressway.credentials: cannot make a " + name + ": " + e, e);
    }
  }

  /** Jars of the job are in the class loader that Spark gives to its threads. */
  private static ClassLoader loader() {
    ClassLoader given = Thread.currentThread().getContextClassLoader();
    return given == null ? NamedCredentials.class.getClassLoader() : given;
  }
}
