package io.expressway.spark;

import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.Encryption;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.SessionMode;
import io.expressway.StandardBucket;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheOptions;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.DiskOptions;
import io.expressway.cache.Freshness;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.multiaz.ReadConsistency;
import io.expressway.multiaz.WritePolicy;
import io.expressway.session.SessionOptions;
import io.expressway.session.Sessions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Makes the options of every part from a description, and the bucket from those. Used once. */
final class Opening {
  private final BucketDescription described;
  private final List<BucketName> names;
  private final List<ExpressOptions> wire = new ArrayList<>();
  private final SessionOptions sessionOptions;
  private final CacheOptions cacheOptions;
  private final MultiAzOptions zoneOptions;

  /**
   * Checks what can be checked without a request.
   *
   * @throws IllegalArgumentException naming the key that is wrong
   */
  Opening(BucketDescription described) {
    this.described = described;
    this.names = described.buckets().stream().map(BucketName::parse).toList();
    names.forEach(name -> wire.add(wire(name)));
    this.sessionOptions = sessions();
    this.cacheOptions = cache();
    this.zoneOptions = zones();
  }

  private <T> T set(Setting setting, T options, BiFunction<T, String, T> how) {
    return set(setting, described.text(setting), options, how);
  }

  private static <T> T set(Setting setting, String value, T options, BiFunction<T, String, T> how) {
    if (value.isEmpty() || value.equals(setting.fallback())) {
      return options;
    }
    try {
      return how.apply(options, value);
    } catch (IllegalArgumentException e) {
      throw BucketDescription.wrong(setting.key(), e);
    }
  }

  private ExpressOptions wire(BucketName name) {
    ExpressOptions o = ExpressOptions.defaults();
    o = set(Setting.REGION, o, ExpressOptions::region);
    o = set(Setting.MODE, o, (x, v) -> x.mode(SessionMode.READ_ONLY));
    o = set(Setting.ENCRYPTION, o, (x, v) -> x.encryption(encryption(v)));
    o = requests(o);
    o = times(o);
    o = memory(o);
    if (o.region().isEmpty() && name.region().isEmpty()) {
      throw new IllegalArgumentException(
          "bucket " + name + " does not tell its Region: set " + Setting.PREFIX + "region");
    }
    String address =
        name.zone()
            .map(zone -> described.text(Setting.ENDPOINT.key() + "." + zone, Setting.ENDPOINT))
            .orElseGet(() -> described.text(Setting.ENDPOINT));
    return set(Setting.ENDPOINT, address, o, (x, v) -> x.endpoint(URI.create(v)));
  }

  private static Encryption encryption(String text) {
    return text.equals("s3") ? Encryption.s3Managed() : Encryption.kms(text);
  }

  private ExpressOptions requests(ExpressOptions options) {
    ExpressOptions o = options;
    o = set(Setting.CONCURRENT_REQUESTS, o, (x, v) -> x.concurrentRequests(count(v)));
    o = set(Setting.CONNECTIONS, o, (x, v) -> x.connections(count(v)));
    o = set(Setting.WAITING_REQUESTS, o, (x, v) -> x.waitingRequests(count(v)));
    o = set(Setting.RETRIES, o, (x, v) -> x.retries(count(v)));
    return set(Setting.EVENT_LOOPS, o, (x, v) -> x.eventLoops(count(v)));
  }

  private ExpressOptions times(ExpressOptions options) {
    ExpressOptions o = options;
    o = set(Setting.READ_DEADLINE, o, (x, v) -> x.readDeadline(Form.duration(v)));
    o = set(Setting.WRITE_DEADLINE, o, (x, v) -> x.writeDeadline(Form.duration(v)));
    o = set(Setting.SESSION_DEADLINE, o, (x, v) -> x.sessionDeadline(Form.duration(v)));
    o = set(Setting.CONNECT_TIMEOUT, o, (x, v) -> x.connectTimeout(Form.duration(v)));
    o = set(Setting.FIRST_BYTE_TIMEOUT, o, (x, v) -> x.firstByteTimeout(Form.duration(v)));
    o = set(Setting.IDLE_TIMEOUT, o, (x, v) -> x.idleTimeout(Form.duration(v)));
    return set(Setting.KEEP_ALIVE, o, (x, v) -> x.keepAlive(Form.duration(v)));
  }

  private ExpressOptions memory(ExpressOptions options) {
    ExpressOptions o = options;
    o = set(Setting.SEND_BUFFER, o, (x, v) -> x.sendBuffer(size(v)));
    o = set(Setting.POOLED_MEMORY, o, (x, v) -> x.pooledMemory(Long.parseLong(v)));
    return set(Setting.UPLOAD_MEMORY, o, (x, v) -> x.uploadMemory(Long.parseLong(v)));
  }

  private SessionOptions sessions() {
    double earliest = Double.parseDouble(described.text(Setting.SESSION_EARLIEST));
    SessionOptions o = SessionOptions.defaults();
    o = set(Setting.SESSION_IDLE, o, (x, v) -> x.idleAfter(Form.duration(v)));
    o = set(Setting.SESSION_MARGIN, o, (x, v) -> x.expiryMargin(Form.duration(v)));
    o = set(Setting.SESSION_MOST, o, (x, v) -> x.most(count(v)));
    o = set(Setting.SESSION_IDENTITY, o, (x, v) -> x.identityCheck(Form.duration(v)));
    String latest = described.text(Setting.SESSION_LATEST);
    try {
      return o.refreshBetween(earliest, Double.parseDouble(latest));
    } catch (IllegalArgumentException e) {
      throw BucketDescription.wrong(Setting.SESSION_EARLIEST.key(), e);
    }
  }

  private CacheOptions cache() {
    boolean disk = diskBytes() > 0;
    if (disk && described.text(Setting.CACHE_DIRECTORY).isEmpty()) {
      throw new IllegalArgumentException(
          Setting.PREFIX + "cache.disk.limit needs " + Setting.PREFIX + "cache.disk.directory");
    }
    if (disk && memoryBytes() == 0) {
      throw new IllegalArgumentException(
          Setting.PREFIX + "cache.disk.limit needs " + Setting.PREFIX + "cache.memory");
    }
    CacheOptions o = CacheOptions.defaults();
    o = set(Setting.CACHE_ABSENCE, o, (x, v) -> x.absence(Form.duration(v)));
    o = set(Setting.CACHE_CHANGE, o, (x, v) -> x.change(CacheOptions.Change.FAIL));
    o = set(Setting.CACHE_GAP, o, (x, v) -> x.gapBytes(size(v)));
    o = set(Setting.CACHE_REQUEST, o, (x, v) -> x.requestBytes(size(v)));
    return set(Setting.CACHE_FRESHNESS, o, (x, v) -> x.freshness(freshness(v)));
  }

  private static Freshness freshness(String text) {
    return switch (text) {
      case "immutable" -> Freshness.immutable();
      case "always" -> Freshness.always();
      default -> Freshness.within(Form.duration(text));
    };
  }

  private MultiAzOptions zones() {
    MultiAzOptions o = MultiAzOptions.defaults();
    o = set(Setting.WRITES, o, (x, v) -> x.writes(policy(v)));
    o = set(Setting.READS, o, (x, v) -> x.reads(ReadConsistency.quorum()));
    o = set(Setting.HEDGE_BUDGET, o, (x, v) -> x.hedgeBudget(Double.parseDouble(v)));
    o = set(Setting.FIRST_HEDGE, o, (x, v) -> x.firstHedgeAfter(Form.duration(v)));
    o = set(Setting.KEEP_WARM, o, (x, v) -> x.keepWarm(Form.duration(v)));
    o = set(Setting.FAIL_BACK, o, (x, v) -> x.failBackOver(Form.duration(v)));
    o = set(Setting.LAGGING, o, (x, v) -> x.laggingBytes(Long.parseLong(v)));
    return set(Setting.OWED, o, (x, v) -> x.owedKeys(count(v)));
  }

  private static WritePolicy policy(String text) {
    return text.equals("primary") ? WritePolicy.primary() : WritePolicy.all();
  }

  private static int count(String text) {
    return Integer.parseInt(text);
  }

  private static int size(String bytes) {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, Long.parseLong(bytes)));
  }

  private long memoryBytes() {
    return Long.parseLong(described.text(Setting.CACHE_MEMORY));
  }

  private long diskBytes() {
    return Long.parseLong(described.text(Setting.CACHE_DISK));
  }

  /** Of each bucket. */
  List<ExpressOptions> wire() {
    return wire;
  }

  SessionOptions sessionOptions() {
    return sessionOptions;
  }

  CacheOptions cacheOptions() {
    return cacheOptions;
  }

  /** But for the nearest zone, which is found where the bucket is opened. */
  MultiAzOptions zoneOptions() {
    return zoneOptions;
  }

  // Opening.

  OpenedBucket open() {
    Parts parts = new Parts();
    try {
      Credentials identity = NamedCredentials.of(described.text(Setting.CREDENTIALS));
      Bucket whole = parts.own(replicas(identity, parts.own(sessions(identity)), parts));
      return new OpenedBucket(memoryBytes() == 0 ? whole : cached(whole, parts), parts);
    } catch (RuntimeException | Error e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  private Sessions sessions(Credentials identity) {
    return Sessions.over(identity, sessionOptions);
  }

  private Bucket replicas(Credentials identity, Sessions sessions, Parts parts) {
    List<Bucket> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).toString();
      all.add(
          names.get(i).zone().isPresent()
              ? ExpressBucket.open(name, sessions, wire.get(i))
              : StandardBucket.open(name, identity, wire.get(i)));
    }
    all.forEach(parts::include);
    return all.size() == 1 ? all.get(0) : MultiAzBucket.of(nearest(), all);
  }

  /** Each executor is in a zone of its own: it is asked for where the bucket is opened. */
  private MultiAzOptions nearest() {
    String zone = described.text(Setting.NEAREST);
    return zone.isEmpty()
        ? zoneOptions
        : zone.equals("own") ? zoneOptions.nearestFirst() : zoneOptions.nearest(zone);
  }

  private Bucket cached(Bucket whole, Parts parts) {
    return parts.own(new CachedBucket(parts.own(memory(parts)), whole, cacheOptions));
  }

  private BlockCache memory(Parts parts) {
    int block = Math.toIntExact(Long.parseLong(described.text(Setting.CACHE_BLOCK)));
    if (diskBytes() == 0) {
      return BlockCache.offHeap(memoryBytes(), block);
    }
    Path base = Path.of(described.text(Setting.CACHE_DIRECTORY));
    Path own = parts.own(ExecutorDirectory.below(base)).path();
    long free = Long.parseLong(described.text(Setting.CACHE_DISK_FREE));
    DiskOptions disk = DiskOptions.in(own, diskBytes()).freeBytes(free);
    return BlockCache.tiered(memoryBytes(), block, disk);
  }
}
