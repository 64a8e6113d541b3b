package io.expressway.spark.cluster;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.spark.BucketDescription;
import io.expressway.spark.SharedBuckets;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Loads the bundle again and again, as a long-lived driver does whose jars are added anew: each
 * copy reads by its own native epoll and ends, while the first one goes on reading and is the last
 * to end. Each that ended is to be collected, and to leave the natives of the first alone.
 * Arguments: the bundle, the jar of this class, a bucket, its endpoint.
 */
public final class ReloadJob {
  /** The first, and those that come and go beside it. */
  static final int COPIES = 5;

  /** Netty's thread for what belongs to no loop ends when it had nothing to do for a second. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final String EPOLL = "io.expressway.shaded.io.netty.channel.epoll.Epoll";
  private static final String TLS = "io.expressway.shaded.io.netty.handler.ssl.OpenSsl";

  private final URL[] jars;
  private final String bucket;
  private final String endpoint;

  private ReloadJob(String[] args) throws IOException {
    jars = new URL[] {url(args[0]), url(args[1])};
    bucket = args[2];
    endpoint = args[3];
  }

  private static URL url(String jar) throws IOException {
    return Path.of(jar).toUri().toURL();
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    new ReloadJob(args).run();
    System.exit(0); // nothing that is left may keep the process: its log tells
  }

  /** What runs in a copy: reads, and tells what it read. */
  public static final class Life implements BiFunction<String, String, String> {
    @Override
    public String apply(String bucket, String endpoint) {
      Bucket shared =
          BucketDescription.of(bucket)
              .endpoint(URI.create(endpoint))
              .with("credentials", "environment")
              .with("cache.memory", "8m")
              .shared();
      try (Slice slice =
          shared.read(JobObjects.key(0), ByteRange.of(0, JobObjects.HEAD_BYTES)).join()) {
        return Long.toString(JobObjects.crc(slice.toByteArray(), 0, JobObjects.HEAD_BYTES));
      }
    }
  }

  /** What ends a copy. */
  public static final class End implements Runnable {
    @Override
    public void run() {
      SharedBuckets.closeAll();
    }
  }

  private void run() throws Exception {
    try (URLClassLoader first = newLoader()) {
      BiFunction<String, String, String> life = made(first, Life.class);
      read(life);
      natives(first);
      for (int copy = 1; copy < COPIES; copy++) {
        WeakReference<ClassLoader> gone = comeAndGo();
        Thread.currentThread().setContextClassLoader(first);
        collect(gone, copy);
        read(life);
        natives(first);
      }
      ReloadJob.<Runnable>made(first, End.class).run();
    }
    System.out.println(
        "reload: " + COPIES + " copies, natives in each, all but the first collected");
  }

  private WeakReference<ClassLoader> comeAndGo() throws Exception {
    try (URLClassLoader loader = newLoader()) {
      read(made(loader, Life.class));
      natives(loader);
      ReloadJob.<Runnable>made(loader, End.class).run();
      return new WeakReference<>(loader);
    }
  }

  private URLClassLoader newLoader() {
    URLClassLoader loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    return loader;
  }

  /** One of the loader's own class of that name. */
  @SuppressWarnings("unchecked") // but for the copy it is the type
  private static <T> T made(ClassLoader loader, Class<? extends T> original) throws Exception {
    Class<?> copy = loader.loadClass(original.getName());
    if (copy == original) {
      throw new IllegalStateException("the loader has no copy of its own");
    }
    return (T) copy.getConstructor().newInstance();
  }

  private void read(BiFunction<String, String, String> life) {
    String told = life.apply(bucket, endpoint);
    String right = Long.toString(JobObjects.crc(JobObjects.content(0), 0, JobObjects.HEAD_BYTES));
    if (!told.equals(right)) {
      throw new IllegalStateException("read " + told + " instead of " + right);
    }
  }

  private static void natives(ClassLoader loader) throws Exception {
    for (String each : new String[] {EPOLL, TLS}) {
      if (!(Boolean) loader.loadClass(each).getMethod("isAvailable").invoke(null)) {
        throw new IllegalStateException(each + " is not available");
      }
    }
  }

  private static void collect(WeakReference<ClassLoader> gone, int copy) {
    for (long began = System.nanoTime();
        gone.get() != null && System.nanoTime() - began < MOST_NANOS; ) {
      System.gc();
    }
    if (gone.get() != null) {
      throw new IllegalStateException("copy " + copy + " is not collected");
    }
  }
}
