package io.expressway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * All objects of a bucket, or those whose keys begin with any prefix, page by page as they are
 * asked for. Of a directory bucket the order is the service's own: stable, not lexicographic.
 *
 * <pre>{@code
 * for (ObjectInfo object : BucketListing.under(bucket, "logs/2026-11")) { ... }
 * }</pre>
 *
 * <p>A prefix that does not end in {@code /} is one that a directory bucket does not take (S3 API,
 * ListObjectsV2, read on 2026-11-22): there its directory is listed alone, and of the directories
 * in it only those that begin so. That reads the directory's own entries, and nothing else.
 *
 * <p>Thread: each iterator is confined to one thread, which waits for pages; not for event loops.
 * The next page is asked for while the last is gone through. Errors: {@link UncheckedIOException}
 * with the {@link ExpressException} that ended a page.
 */
public final class BucketListing implements Iterable<ObjectInfo> {
  private final Bucket bucket;
  private final String prefix;
  private final int pageSize;

  private BucketListing(Bucket bucket, String prefix, int pageSize) {
    this.bucket = bucket;
    this.prefix = prefix;
    this.pageSize = pageSize;
  }

  /** Every object of the bucket. */
  public static BucketListing of(Bucket bucket) {
    return under(bucket, "");
  }

  /** Every object whose key begins with {@code prefix}. */
  public static BucketListing under(Bucket bucket, String prefix) {
    return new BucketListing(bucket, prefix, ListRequest.under("").pageSize());
  }

  /** The same, asked for in pages of at most {@code entries}, 1 to 1,000. */
  public BucketListing pageSize(int entries) {
    return new BucketListing(bucket, prefix, ListRequest.under("").pageSize(entries).pageSize());
  }

  @Override
  public Iterator<ObjectInfo> iterator() {
    return new Pages();
  }

  /** The objects as a stream, which needs no closing. */
  public Stream<ObjectInfo> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  private boolean isWholeDirectory() {
    return bucket.name().zone().isEmpty() || prefix.isEmpty() || prefix.endsWith("/");
  }

  private ListRequest first() {
    return isWholeDirectory()
        ? ListRequest.under(prefix).pageSize(pageSize)
        : ListRequest.under(prefix.substring(0, prefix.lastIndexOf('/') + 1))
            .grouped()
            .pageSize(pageSize);
  }

  /** The pages still to be gone through, and the page at hand. */
  private final class Pages implements Iterator<ObjectInfo> {
    private final Deque<ListRequest> directories = new ArrayDeque<>();
    private @Nullable Page coming;
    private Iterator<ObjectInfo> page = Collections.emptyIterator();
    private @Nullable ObjectInfo next;

    Pages() {
      directories.add(first());
      askForNext();
    }

    private void askForNext() {
      ListRequest request = directories.poll();
      coming = request == null ? null : new Page(request, bucket.list(request));
    }

    @Override
    public boolean hasNext() {
      while (next == null && (page.hasNext() || coming != null)) {
        if (page.hasNext()) {
          ObjectInfo object = page.next();
          next = object.key().startsWith(prefix) ? object : null;
        } else {
          turn();
        }
      }
      return next != null;
    }

    private void turn() {
      Page arrived = coming;
      if (arrived == null) {
        return;
      }
      ObjectListing listing = arrived.await();
      listing.nextToken().ifPresent(token -> directories.addFirst(arrived.request().after(token)));
      for (String directory : listing.prefixes()) {
        if (directory.startsWith(prefix)) {
          directories.add(ListRequest.under(directory).pageSize(pageSize));
        }
      }
      askForNext();
      page = listing.objects().iterator();
    }

    @Override
    public ObjectInfo next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException("the listing of " + bucket.name() + " is over");
      }
      ObjectInfo object = next;
      next = null;
      return object;
    }
  }

  /** One page asked for. */
  private record Page(ListRequest request, CompletableFuture<ObjectListing> listing) {
    ObjectListing await() {
      try {
        return listing.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof IOException failure ? new UncheckedIOException(failure) : e;
      }
    }
  }
}
