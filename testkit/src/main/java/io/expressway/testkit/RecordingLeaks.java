package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A Netty leak detector that keeps what it finds instead of logging it, so that it works without a
 * logger. Safe for many threads.
 *
 * @param <T> the kind of resource
 */
final class RecordingLeaks<T> extends ResourceLeakDetector<T> {
  private static final ConcurrentLinkedQueue<String> FOUND = new ConcurrentLinkedQueue<>();
  private static final List<RecordingLeaks<?>> DETECTORS = new CopyOnWriteArrayList<>();
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

  /** Has every detector look for leaks, as it else does only when the next resource is made. */
  static void look() {
    DETECTORS.forEach(RecordingLeaks::lookForLeaks);
  }

  /** A detector does not care for the class of what it tracks, only for its identity. */
  @SuppressWarnings("unchecked")
  private void lookForLeaks() {
    T probe = (T) new Object();
    ResourceLeakTracker<T> tracker = track(probe);
    if (tracker != null) {
      tracker.close(probe);
    }
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
      RecordingLeaks<T> detector = new RecordingLeaks<>(resource, samplingInterval);
      DETECTORS.add(detector);
      return detector;
    }
  }
}
