package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Objects made of arithmetic, for tests that start a process, or open a cache, so often that a
 * server would be most of what they do. Every word says which object and version it is of, and
 * where it belongs. Read only; answers before the call returns.
 */
final class MadeBucket implements InvocationHandler {
  private static final BucketName NAME = BucketName.directory("made--usw2-az1--x-s3");
  private final int objectBytes;
  private final int[] versions;

  private MadeBucket(int objectBytes, int[] versions) {
    this.objectBytes = objectBytes;
    this.versions = versions;
  }

  /**
   * A bucket of one object for each version.
   *
   * @param objectBytes a multiple of eight
   */
  static Bucket of(int objectBytes, int... versions) {
    return (Bucket)
        Proxy.newProxyInstance(
            Bucket.class.getClassLoader(),
            new Class<?>[] {Bucket.class},
            new MadeBucket(objectBytes, versions));
  }

  /** At most ten. */
  static String key(int object) {
    return "dir/object" + object;
  }

  /** Bytes {@code [from, from + length)}, both multiples of eight. */
  static ByteBuffer content(int object, int version, long from, long length) {
    ByteBuffer words = ByteBuffer.allocate((int) length);
    for (long at = from; at < from + length; at += Long.BYTES) {
      words.putLong((long) object << 56 | (long) version << 32 | at);
    }
    return words.flip();
  }

  @Override
  public Object invoke(Object self, Method method, Object[] args) {
    return switch (method.getName()) {
      case "name" -> NAME;
      case "stat" -> CompletableFuture.completedFuture(info((String) args[0]));
      case "read" -> read((ReadRequest) args[0]);
      case "readInto" -> readInto((ReadRequest) args[0], (List<?>) args[1]);
      case "close" -> this;
      default -> throw new UnsupportedOperationException(method.toString());
    };
  }

  private static int object(String key) {
    return key.charAt(key.length() - 1) - '0';
  }

  private ObjectInfo info(String key) {
    ObjectVersion version = new ObjectVersion(Integer.toString(versions[object(key)]));
    return new ObjectInfo(key, objectBytes, version, Instant.EPOCH);
  }

  private ByteBuffer content(ReadRequest request) {
    int object = object(request.key());
    long from = Resolved.from(request.range(), objectBytes);
    return content(
        object, versions[object], from, Resolved.to(request.range(), objectBytes) - from);
  }

  private CompletableFuture<Slice> read(ReadRequest request) {
    return isAsRequired(request)
        ? CompletableFuture.completedFuture(
            Slice.lend(info(request.key()), content(request), () -> {}))
        : CompletableFuture.failedFuture(changed(request));
  }

  private CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<?> targets) {
    if (!isAsRequired(request)) {
      return CompletableFuture.failedFuture(changed(request));
    }
    ByteBuffer bytes = content(request);
    for (Object target : targets) {
      ByteBuffer place = (ByteBuffer) target;
      int count = Math.min(place.remaining(), bytes.remaining()); // the object may end before
      place.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
    return CompletableFuture.completedFuture(info(request.key()));
  }

  private boolean isAsRequired(ReadRequest request) {
    ObjectVersion required = request.version().orElse(null);
    return required == null || required.equals(info(request.key()).version());
  }

  private static PreconditionFailedException changed(ReadRequest request) {
    return new PreconditionFailedException(
        "it changed", RequestSite.of(Operation.READ, NAME, request.key(), request.range()), null);
  }
}
