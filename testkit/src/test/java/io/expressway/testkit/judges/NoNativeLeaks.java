package io.expressway.testkit.judges;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.crt.CrtResource;

/**
 * Fails a test class that leaves a native resource of the Common Runtime open, such as a client or
 * an event loop. The runtime counts its resources only when told so before it is loaded, so every
 * test class that may load it has this extension.
 */
final class NoNativeLeaks implements AfterAllCallback {
  static {
    System.setProperty("aws.crt.debugnative", "true");
  }

  /** Native resources end some time after they were closed; the runtime waits for them. */
  @Override
  public void afterAll(ExtensionContext context) {
    try {
      CrtResource.waitForNoResources();
    } catch (RuntimeException timeout) {
      List<String> open = new ArrayList<>();
      CrtResource.collectNativeResources(open::add);
      throw new AssertionError("native resources are open:\n" + String.join("\n", open), timeout);
    }
  }
}
