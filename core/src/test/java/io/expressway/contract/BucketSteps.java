package io.expressway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.BucketClosedException;
import io.expressway.BucketListing;
import io.expressway.ByteRange;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The bucket under test, and the steps that the tests of every contract share. */
public abstract class BucketSteps {
  private static final int PATIENCE_SECONDS = 60;
  private static final long LARGE_BYTES = 1 << 20;

  /** The bucket under test, empty at the start of each test. */
  protected Bucket bucket;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // set before each test
  protected BucketSteps() {}

  /** Opens a bucket that holds nothing. Called once for each test; the test closes the bucket. */
  protected abstract Bucket open() throws Exception;

  /** Whether listings take whole directories only and come in an order of the service's own. */
  protected boolean isDirectoryBucket() {
    return bucket.name().zone().isPresent();
  }

  /** Whether the service stores objects under this key, which S3 permits. */
  protected boolean takesKey(String key) {
    return true;
  }

  @BeforeEach
  final void openBucket() throws Exception {
    bucket = open();
  }

  @AfterEach
  final void closeBucket() throws Exception {
    if (bucket != null) { // null when it did not open
      try {
        removeLargeObjects();
      } finally {
        bucket.close();
        afterClose();
      }
    }
  }

  /** What must hold once the bucket is closed. */
  protected void afterClose() {}

  /** The services under test keep everything in memory. */
  private void removeLargeObjects() throws Exception {
    try {
      for (ObjectInfo object : BucketListing.of(bucket)) {
        if (object.size() >= LARGE_BYTES) {
          await(bucket.delete(object.key()));
        }
      }
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof BucketClosedException)) { // which the test may have done
        throw e;
      }
    }
  }

  // Steps the tests share.

  /** Stores {@code content} at {@code key}. */
  protected final ObjectInfo store(String key, byte[] content) throws Exception {
    return await(bucket.write(key, ByteBuffer.wrap(content), WriteOptions.defaults()));
  }

  final void assertHolds(String key, byte[] content) throws Exception {
    try (Slice slice = await(bucket.read(key, ByteRange.all()))) {
      assertThat(slice.toByteArray()).isEqualTo(content);
    }
  }

  final List<ObjectListing> pages(ListRequest request) throws Exception {
    List<ObjectListing> pages = new ArrayList<>();
    Optional<String> token;
    do {
      pages.add(await(bucket.list(request)));
      token = pages.get(pages.size() - 1).nextToken();
      request = token.map(request::after).orElse(request);
    } while (token.isPresent());
    return pages;
  }

  static List<String> keys(ObjectListing listing) {
    return listing.objects().stream().map(ObjectInfo::key).toList();
  }

  /** The future's value, or its failure thrown as itself. */
  protected static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new AssertionError("a future failed with what no bucket may fail with", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no outcome after " + PATIENCE_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The failure of a future that must fail so; a slice it brings instead is closed. */
  protected static <E extends Exception> E failure(Class<E> type, CompletableFuture<?> future) {
    try {
      Object value = await(future);
      if (value instanceof Slice slice) {
        slice.close();
      }
      throw new AssertionError("succeeded with " + value + " instead of " + type.getSimpleName());
    } catch (IOException e) {
      assertThat(e).isInstanceOf(type);
      return type.cast(e);
    }
  }
}
