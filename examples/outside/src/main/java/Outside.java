import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.session.Sessions;
import io.expressway.testkit.ZonalServer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Writes and reads one object over TLS, in two zones of an embedded server, through a cache. */
final class Outside {
  public static void main(String[] args) {
    try (var server = ZonalServer.builder().zones("usw2-az1", "usw2-az3").tls(true).start();
        var sessions =
            Sessions.over(Credentials.of(server.accessKeyId(), server.secretAccessKey()));
        var memory = BlockCache.offHeap(64 << 20);
        var bucket =
            new CachedBucket(
                memory,
                MultiAzBucket.of(
                    zone("usw2-az1", server, sessions), zone("usw2-az3", server, sessions)))) {
      bucket.write("key", ByteBuffer.wrap(new byte[] {1, 2, 3}), WriteOptions.defaults()).join();
      try (Slice slice = bucket.read("key", ByteRange.all()).join()) {
        System.out.println("read " + Arrays.toString(slice.toByteArray()));
        if (List.of(args).contains("chronicle")) {
          System.out.println("Chronicle sees " + slice.asBytesStore().readByte(2));
        }
      }
    }
  }

  private static ExpressBucket zone(String id, ZonalServer server, Sessions sessions) {
    ExpressOptions options =
        ExpressOptions.defaults()
            .endpoint(server.zone(id).endpoint())
            .trust(List.of(server.certificate()));
    return ExpressBucket.open("demo--" + id + "--x-s3", sessions, options);
  }
}
