package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ExpressBucket;
import io.expressway.ObjectInfo;
import io.expressway.Slice;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.ObjectReader;
import io.expressway.cache.ReaderOptions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Ours, with a cache or without. */
final class ExpresswayPatterns implements PatternClient {
  private final @Nullable BlockCache memory;
  private final Bucket bucket;
  private final ReaderOptions options;
  private final Map<String, ObjectInfo> known = new ConcurrentHashMap<>();

  private ExpresswayPatterns(
      ServerAddress server, @Nullable BlockCache memory, ReaderOptions options) {
    ExpressBucket express = ExpresswayClient.open(server, SdkClients.OWN_LIMIT);
    this.memory = memory;
    this.options = options;
    this.bucket = memory == null ? express : new CachedBucket(memory, express);
  }

  /** Has {@link PatternReader} read from the server of a {@link ServerAddress#line}. */
  public static void main(String[] args) throws Exception {
    ServerAddress server = ServerAddress.of(args[0]);
    PatternReader.serve(plain(server), server);
  }

  static PatternClient plain(ServerAddress server) {
    return new ExpresswayPatterns(server, null, ReaderOptions.defaults());
  }

  /** Fetches what the Accelerator fetches whole in one request, as it does. */
  static PatternClient whole(ServerAddress server) {
    return new ExpresswayPatterns(
        server, null, ReaderOptions.defaults().wholeAtOnce(AalPatterns.WHOLE_BYTES));
  }

  static PatternClient cached(ServerAddress server, long bytes) {
    return new ExpresswayPatterns(server, BlockCache.offHeap(bytes), ReaderOptions.defaults());
  }

  @Override
  public Stream open(String key) {
    return new Opened(ObjectReader.open(bucket, key, options));
  }

  @Override
  public Stream openToTheEnd(String key) {
    return new Opened(ObjectReader.open(bucket, key, options.sequential()));
  }

  @Override
  public Stream openKnown(String key) {
    ObjectInfo info = Objects.requireNonNull(known.get(key));
    return new Opened(ObjectReader.open(bucket, key, options.known(info)));
  }

  @Override
  public void learn(String key) throws Exception {
    known.put(key, bucket.stat(key).get());
  }

  @Override
  public void forget() {
    if (memory != null) {
      memory.clear();
    }
  }

  private record Opened(ObjectReader reader) implements Stream {
    @Override
    public void read(long from, byte[] into, int length) throws IOException {
      if (reader.position(from).read(ByteBuffer.wrap(into, 0, length)) < length) {
        throw new EOFException("the object ended");
      }
    }

    @Override
    public void readVectored(List<ReadPattern.Stretch> stretches) throws Exception {
      List<ByteRange> ranges =
          stretches.stream().map(s -> ByteRange.of(s.from(), s.length())).toList();
      for (CompletableFuture<Slice> answer : reader.readAll(ranges)) {
        answer.get().close();
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      bucket.close();
    } catch (Exception e) {
      throw e instanceof IOException known ? known : new IOException(e);
    } finally {
      if (memory != null) {
        memory.close();
      }
    }
  }
}
