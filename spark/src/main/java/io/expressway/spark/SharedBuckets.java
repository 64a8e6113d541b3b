package io.expressway.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open buckets that the tasks of this JVM share, one for each description. Thread: safe for
 * many; opening one makes those who want another wait.
 */
public final class SharedBuckets {
  private static final Map<BucketDescription, SharedBucket> OPEN = new HashMap<>();
  private static @Nullable Thread atExit;

  /** For gauges, which do not wait for the lock. The JVM's exit leaves it for the last reports. */
  private static volatile List<SharedBucket> counted = List.of();

  private SharedBuckets() {}

  static synchronized SharedBucket get(BucketDescription description) {
    SharedBucket open = OPEN.get(description);
    if (open == null) {
      open = new SharedBucket(new Opening(description).open());
      OPEN.put(description, open);
      recount();
      closeAtExit();
    }
    return open;
  }

  private static void closeAtExit() {
    if (atExit == null) {
      Thread hook = new Thread(SharedBuckets::closeQuietly, "expressway-spark-exit");
      try {
        Runtime.getRuntime().addShutdownHook(hook);
        atExit = hook;
      } catch (IllegalStateException e) {
        // The JVM is exiting: a task that still opens a bucket takes it down with itself.
      }
    }
  }

  private static synchronized void recount() {
    counted = List.copyOf(OPEN.values());
  }

  /** What all open ones add up to, at this moment. Never waits for one that is being opened. */
  static long sum(Measure measure) {
    return counted.stream().mapToLong(each -> each.sum(measure)).sum();
  }

  /** How many buckets, or sets of them, are open. */
  public static synchronized int count() {
    return OPEN.size();
  }

  /**
   * Closes all of them, as the exit of the JVM does; what is used again is opened again. For who
   * gives up this class's loader while the JVM goes on: afterwards no hook keeps it and no loop
   * runs, and within two seconds the last of Netty's threads has ended. What {@link ExpressPlugin}
   * shows begins at 0 again.
   */
  public static void closeAll() {
    Thread hook = forgetHook();
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is exiting, and the hook will find nothing to do.
      }
    }
    RuntimeException failure = closeEach();
    recount();
    if (failure != null) {
      throw failure;
    }
  }

  static void closeQuietly() {
    RuntimeException unused = closeEach();
  }

  private static synchronized @Nullable Thread forgetHook() {
    Thread hook = atExit;
    atExit = null;
    return hook;
  }

  private static @Nullable RuntimeException closeEach() {
    RuntimeException first = null;
    for (SharedBucket each : takeAll()) {
      try {
        each.closeForAll();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    return first;
  }

  private static synchronized List<SharedBucket> takeAll() {
    List<SharedBucket> all = new ArrayList<>(OPEN.values());
    OPEN.clear();
    return all;
  }
}
