package io.expressway.foreign;

import java.net.URI;
import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;

/** LocalStack by Testcontainers, which ends it with this JVM. */
final class LocalStackContainers {
  /** The last release that needs no token. */
  private static final String IMAGE = "localstack/localstack:4.14.0";

  private LocalStackContainers() {}

  @SuppressWarnings("resource")
  static URI start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw new TestAbortedException("no LocalStack: no Docker engine, and no testkit/interop");
    }
    LocalStackContainer container = new LocalStackContainer(IMAGE).withServices("s3");
    container.start();
    return container.getEndpoint();
  }
}
