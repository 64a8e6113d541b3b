package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A Netty leak detector that keeps what it finds instead of logging it, so that it works without a
 * logger. Safe for many threads.
 *
 * @param <T> the kind of resource
 */
final class RecordingLeaks<T> extends ResourceLeakDetector<T> {
  private static final ConcurrentLinkedQueue<String> FOUND = new ConcurrentLinkedQueue<>();
  private static volatile boolean watchesBuffers;

  private RecordingLeaks(Class<?> type, int samplingInterval) {
    super(type, samplingInterval);
  }

  /** Whether the detector of buffers is ours. */
  static boolean watchesBuffers() {
    return watchesBuffers;
  }

  /** What was found since the last call. */
  static List<String> take() {
    List<String> taken = new ArrayList<>();
    for (String leak = FOUND.poll(); leak != null; leak = FOUND.poll()) {
      taken.add(leak);
    }
    return taken;
  }

  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    FOUND.add(resourceType + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    FOUND.add(resourceType + " (no record: the leak level is below PARANOID)");
  }

  /** Makes recording detectors. */
  static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return recording(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return recording(resource, samplingInterval);
    }

    private static <T> ResourceLeakDetector<T> recording(Class<T> resource, int samplingInterval) {
      watchesBuffers |= resource == ByteBuf.class;
      return new RecordingLeaks<>(resource, samplingInterval);
    }
  }
}
