package io.expressway.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that lets a Netty buffer, or another resource under a Netty leak detector, be
 * collected without releasing it, and shows where it was touched. Watches at the PARANOID level,
 * every one.
 *
 * <p>Netty picks its leak detector once, when the first buffer is made. The extension must be
 * loaded before that: switch on {@code junit.jupiter.extensions.autodetection.enabled} in {@code
 * junit-platform.properties}, which also applies it to every test class, or put
 * {@code @ExtendWith(NoLeaks.class)} on the first one. Loaded too late it says so and fails.
 */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
  /** How often the collector is asked; one pass misses what another reference keeps for a while. */
  private static final int PASSES = 3;

  private static final long COLLECTION_MILLIS = 10_000;
  private static final boolean IN_TIME = install();

  private static boolean install() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingLeaks.Factory());
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufAllocator.DEFAULT.buffer(1).release();
    return RecordingLeaks.watchesBuffers();
  }

  /** An extension; JUnit makes it. */
  public NoLeaks() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!IN_TIME) {
      throw new IllegalStateException(
          "NoLeaks was loaded after the first Netty buffer was made, so it cannot see leaks: set"
              + " junit.jupiter.extensions.autodetection.enabled=true in junit-platform.properties");
    }
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    List<String> leaks = collect();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size()
              + " resource(s) were collected without being released, up to the end of "
              + context.getDisplayName()
              + ":\n"
              + String.join("\n", leaks));
    }
  }

  /** Collects garbage until leaked buffers are known, and takes their records. */
  static List<String> collect() {
    for (int pass = 0; pass < PASSES; pass++) {
      awaitCollection();
      RecordingLeaks.look();
    }
    return RecordingLeaks.take();
  }

  /** Returns when an object that was garbage at the call has been collected and enqueued. */
  private static void awaitCollection() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    PhantomReference<Object> sentinel = new PhantomReference<>(new Object(), queue);
    System.gc();
    try {
      Reference<?> collected = queue.remove(COLLECTION_MILLIS);
      if (collected == null) {
        throw new IllegalStateException("the collector did not run: is explicit GC disabled?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Reference.reachabilityFence(sentinel);
    }
  }
}
