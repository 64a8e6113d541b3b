package io.expressway.testkit;

import io.expressway.testkit.auth.Keys;
import io.expressway.testkit.auth.Sessions;
import io.expressway.testkit.auth.Tokens;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An S3 Express One Zone in this process: one or more zones, each on its own port of 127.0.0.1,
 * with objects in direct memory. Safe for many threads; close it.
 *
 * <pre>{@code
 * try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").bucket("demo").start()) {
 *   URI endpoint = server.zone("usw2-az1").endpoint();
 * }
 * }</pre>
 */
public final class ZonalServer implements AutoCloseable {
  private final ServerOptions options;
  private final Loops loops;
  private final Keys owner;
  private final Tokens tokens;
  private final Map<String, Keys> iamKeys = new ConcurrentHashMap<>();
  private final Map<String, Zone> zones = new LinkedHashMap<>();
  private final @Nullable SelfSigned certificate;

  private ZonalServer(ServerOptions options, @Nullable Keys fixed) {
    this.options = options;
    this.tokens = new Tokens(options.seed() == 0 ? new SecureRandom() : new Random(options.seed()));
    this.owner = fixed == null ? new Keys(tokens.accessKeyId(), tokens.secret(), null) : fixed;
    this.certificate = options.tls() ? SelfSigned.forNames(options.certificateNames()) : null;
    this.loops = Loops.start(options.threads());
    iamKeys.put(owner.accessKeyId(), owner);
    try {
      startZones();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startZones() {
    SslContext tls = certificate == null ? null : tls(certificate);
    int port = options.basePort();
    for (String id : options.zones()) {
      Zone zone = new Zone(id, port, options, iamKeys, tokens, loops, tls);
      zones.put(id, zone);
      zone.start();
      port += port == 0 ? 0 : 1;
    }
    options.buckets().forEach(this::createBucket);
  }

  /** A base name goes into every zone, a full name into its own. */
  private void createBucket(String name) {
    boolean full = name.endsWith("--x-s3");
    boolean created = false;
    for (Zone zone : zones.values()) {
      if (!full || name.endsWith("--" + zone.id() + "--x-s3")) {
        zone.createBucket(name);
        created = true;
      }
    }
    if (!created) {
      throw new IllegalArgumentException(
          "bucket '" + name + "' names none of the zones " + zones.keySet());
    }
  }

  private static SslContext tls(SelfSigned certificate) {
    try {
      return SslContextBuilder.forServer(certificate.key(), certificate.certificate())
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("cannot set up TLS", e);
    }
  }

  /** A builder with the defaults named at each of its methods. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A zone.
   *
   * @throws IllegalArgumentException when the server has no such zone
   */
  public Zone zone(String id) {
    Zone zone = zones.get(id);
    if (zone == null) {
      throw new IllegalArgumentException("no zone '" + id + "': this server has " + zones.keySet());
    }
    return zone;
  }

  /** The zones in the order given to the builder. */
  public List<Zone> zones() {
    return new ArrayList<>(zones.values());
  }

  /** The access key id of the owner. */
  public String accessKeyId() {
    return owner.accessKeyId();
  }

  /** The secret of the owner. */
  public String secretAccessKey() {
    return owner.secretAccessKey();
  }

  /** The region. */
  public String region() {
    return options.region();
  }

  /**
   * The certificate to trust.
   *
   * @throws IllegalStateException when the server was built without TLS
   */
  public X509Certificate certificate() {
    if (certificate == null) {
      throw new IllegalStateException("no certificate: build the server with tls(true)");
    }
    return certificate.certificate();
  }

  /** Makes another identity, one that needs {@code x-amz-security-token}. */
  public TemporaryCredentials temporaryCredentials() {
    String token = tokens.token();
    Keys keys = new Keys(tokens.temporaryKeyId(), tokens.secret(), token);
    iamKeys.put(keys.accessKeyId(), keys);
    return new TemporaryCredentials(keys.accessKeyId(), keys.secretAccessKey(), token);
  }

  /** Forgets an identity, as when it is deleted or its time is over: its requests get 403. */
  public void revoke(String accessKeyId) {
    iamKeys.remove(accessKeyId);
  }

  /** The sum of the counters of all zones. */
  public RoundTrips roundTrips() {
    return zones.values().stream()
        .map(Zone::roundTrips)
        .reduce(new RoundTrips(0, 0, Map.of(), 0, 0), RoundTrips::plus);
  }

  /** Disarms the faults of all zones. */
  public void clearFaults() {
    zones.values().forEach(Zone::clearFaults);
  }

  /** Stops every zone and ends the event loops; waits for them. */
  @Override
  public void close() {
    zones.values().forEach(Zone::close);
    loops.group().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Collects the options of a server. */
  public static final class Builder {
    private List<String> zones = List.of("usw2-az1");
    private String region = "us-west-2";
    private int port;
    private boolean tls;
    private List<String> certificateNames = List.of();
    private LatencyProfile latency = LatencyProfile.none();
    private InstantSource clock = InstantSource.system();
    private Duration sessionLifetime = Sessions.LIFETIME;
    private final List<String> buckets = new ArrayList<>();
    private boolean pathStyle = true;
    private boolean acceptS3Scope;
    private boolean iamOnData = true;
    private int threads = 1;
    private long seed;
    private Duration idleTimeout = Duration.ZERO;
    private int requestLog = 10_000;
    private @Nullable Keys keys;

    private Builder() {}

    /** The zone ids, such as {@code usw2-az1}; default one zone, {@code usw2-az1}. */
    public Builder zones(String... ids) {
      if (ids.length == 0 || Set.of(ids).size() != ids.length) {
        throw new IllegalArgumentException("zones: give at least one, each once");
      }
      for (String id : ids) {
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)+")) {
          throw new IllegalArgumentException(
              "zones: '" + id + "' is no zone id; use an id like usw2-az1");
        }
      }
      zones = List.of(ids);
      return this;
    }

    /** The region that scopes must name; default {@code us-west-2}. */
    public Builder region(String name) {
      region = name;
      return this;
    }

    /** The port of the first zone, the next zones follow; default 0, an ephemeral port for each. */
    public Builder port(int base) {
      if (base < 0 || base > 65_535) {
        throw new IllegalArgumentException("port: must be within [0, 65535], but is " + base);
      }
      port = base;
      return this;
    }

    /** Whether connections are encrypted, with a certificate made at start; default false. */
    public Builder tls(boolean on) {
      tls = on;
      return this;
    }

    /**
     * The names in the certificate; default {@code localhost}, {@code *.localhost}, {@code
     * 127.0.0.1} and the virtual hosts of the buckets. Give others to test host name checks.
     */
    public Builder certificateNames(String... names) {
      certificateNames = List.of(names);
      return this;
    }

    /** How fast zones answer; default {@link LatencyProfile#none}. */
    public Builder latency(LatencyProfile profile) {
      latency = profile;
      return this;
    }

    /** The server's clock: sessions, skew, Last-Modified, Date; default the system's. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** How long sessions live; default five minutes, as CreateSession documents. */
    public Builder sessionLifetime(Duration lifetime) {
      sessionLifetime = lifetime;
      return this;
    }

    /**
     * A bucket to make: a base name in every zone, or a full name in its zone; may be repeated.
     * Default {@code demo} in every zone.
     */
    public Builder bucket(String name) {
      buckets.add(name);
      return this;
    }

    /** Whether {@code /bucket/key} is accepted beside virtual hosts; default true. */
    public Builder pathStyle(boolean accepted) {
      pathStyle = accepted;
      return this;
    }

    /** Whether scopes may name the service {@code s3} beside {@code s3express}; default false. */
    public Builder acceptS3Scope(boolean accepted) {
      acceptS3Scope = accepted;
      return this;
    }

    /** Whether IAM credentials may sign zonal data operations; default true, as the service. */
    public Builder iamOnData(boolean accepted) {
      iamOnData = accepted;
      return this;
    }

    /** The owner's credentials; default random. */
    public Builder credentials(String accessKeyId, String secretAccessKey) {
      keys = new Keys(accessKeyId, secretAccessKey, null);
      return this;
    }

    /** Event loop threads for all zones together; default 1. */
    public Builder threads(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("threads: must be positive, but is " + count);
      }
      threads = count;
      return this;
    }

    /** Makes keys, tokens, ETags and listing order repeatable; default 0, not repeatable keys. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Closes connections that are idle this long, as S3 does after some 5 s; default zero, never.
     */
    public Builder idleTimeout(Duration timeout) {
      idleTimeout = timeout;
      return this;
    }

    /** How many requests each zone remembers; default 10,000, 0 for none. */
    public Builder requestLog(int capacity) {
      requestLog = capacity;
      return this;
    }

    /**
     * Starts the server.
     *
     * @throws IllegalStateException when a port is taken
     * @throws IllegalArgumentException when a bucket names no zone
     */
    public ZonalServer start() {
      List<String> buckets = this.buckets.isEmpty() ? List.of("demo") : this.buckets;
      return new ZonalServer(
          new ServerOptions(
              zones,
              region,
              port,
              tls,
              certificateNames.isEmpty() ? defaultNames(buckets) : certificateNames,
              latency,
              clock,
              sessionLifetime,
              buckets,
              pathStyle,
              acceptS3Scope,
              iamOnData,
              threads,
              seed,
              idleTimeout,
              requestLog),
          keys);
    }

    private List<String> defaultNames(List<String> buckets) {
      List<String> names = new ArrayList<>(List.of("localhost", "*.localhost", "127.0.0.1"));
      for (String bucket : buckets) {
        if (bucket.endsWith("--x-s3")) {
          names.add(bucket + ".localhost");
        } else {
          zones.forEach(zone -> names.add(bucket + "--" + zone + "--x-s3.localhost"));
        }
      }
      return names;
    }
  }
}
