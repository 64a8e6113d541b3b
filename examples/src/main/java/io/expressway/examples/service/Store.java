package io.expressway.examples.service;

import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** What is served: buckets in several zones as one, behind a cache. */
final class Store implements AutoCloseable {
  static final int OBJECTS = 64;
  private static final int OBJECT_BYTES = 1 << 20;

  final List<ExpressBucket> buckets = new ArrayList<>();
  final Sessions sessions;
  final BlockCache cache;
  final MultiAzBucket zones;
  final CachedBucket bucket;
  private final Runnable server;

  private Store(
      List<String> names,
      Credentials identity,
      UnaryOperator<ExpressOptions> at,
      int cacheMb,
      Runnable server) {
    this.server = server;
    sessions = Sessions.over(identity);
    for (String name : names) {
      ExpressOptions options = at.apply(ExpressOptions.defaults());
      buckets.add(ExpressBucket.open(name, sessions, options));
    }
    zones = MultiAzBucket.of(MultiAzOptions.defaults(), buckets);
    cache = BlockCache.offHeap((long) cacheMb << 20);
    bucket = new CachedBucket(cache, zones);
  }

  /** Buckets of AWS that hold the same keys, the first the primary. */
  static Store onAws(List<String> names, String region, int cacheMb) {
    return new Store(
        names,
        Credentials.fromDefaultChain(),
        options -> region.isEmpty() ? options : options.region(region),
        cacheMb,
        () -> {});
  }

  /** Three zones within this process, as fast as S3 Express, with some objects. */
  static Store embedded(int cacheMb) {
    ZonalServer server =
        ZonalServer.builder()
            .zones("usw2-az1", "usw2-az3", "usw2-az4")
            .latency(LatencyProfile.express())
            .start();
    fill(server, OBJECTS);
    return on(server, cacheMb);
  }

  /** All zones of a server, which closes with the store. */
  static Store on(ZonalServer server, int cacheMb) {
    List<String> names = server.zones().stream().map(zone -> zone.bucket()).toList();
    var endpoints = server.zones().iterator();
    Credentials identity = Credentials.of(server.accessKeyId(), server.secretAccessKey());
    return new Store(
        names, identity, o -> o.endpoint(endpoints.next().endpoint()), cacheMb, server::close);
  }

  /** Stores {@code demo/0} and those that follow in every zone. */
  static void fill(ZonalServer server, int objects) {
    Random random = new Random(7);
    byte[] content = new byte[OBJECT_BYTES];
    for (int i = 0; i < objects; i++) {
      random.nextBytes(content);
      String key = "demo/" + i;
      server.zones().forEach(zone -> zone.putObject(zone.bucket(), key, content));
    }
  }

  /** Buckets first, then what they share. */
  @Override
  public void close() {
    bucket.close();
    cache.close();
    sessions.close();
    server.run();
  }
}
