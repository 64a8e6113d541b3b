package io.expressway;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a bucket talks to its endpoint. Immutable: every method gives a changed copy. Each knob is
 * declared once, in {@link Knob}, with its default, unit and range.
 */
public final class ExpressOptions {
  /** The numeric knobs; durations count in milliseconds. */
  enum Knob {
    // The set-ups this replaces run 64 requests at once.
    CONCURRENT_REQUESTS("concurrentRequests", 64, 1, 4096, "requests at once"),
    // HTTP/1.1 carries one request at a time on a connection.
    CONNECTIONS("connections", 0, 0, 4096, "connections at once; 0 for one per request"),
    // Beyond these a caller is refused instead of queued without end.
    WAITING_REQUESTS("waitingRequests", 10_000, 0, 1_000_000, "requests waiting for a connection"),
    // Two answers that never begin, each given up after 2 s, and time for a third.
    READ_DEADLINE("readDeadline", 5_000, 1, 86_400_000, "ms"),
    // Twice that of a read: what is sent again is sent whole.
    WRITE_DEADLINE("writeDeadline", 10_000, 1, 86_400_000, "ms"),
    // Nobody waits for a session's refresh, so it may take the time it needs.
    SESSION_DEADLINE("sessionDeadline", 30_000, 1, 86_400_000, "ms"),
    // A connect inside a Region takes one round trip; the SDK allows 2 s, CRT 3 s.
    CONNECT_TIMEOUT("connectTimeout", 1_000, 1, 600_000, "ms"),
    // The service answers in 5 ms; its published worst stragglers stay below 200 ms.
    FIRST_BYTE_TIMEOUT("firstByteTimeout", 2_000, 1, 600_000, "ms"),
    // As for the first byte: a body that comes at all comes at tens of MB/s.
    IDLE_TIMEOUT("idleTimeout", 2_000, 1, 600_000, "ms"),
    // S3 closes idle connections after about 5 s; what it closed is noticed at once.
    KEEP_ALIVE("keepAlive", 30_000, 1, 3_600_000, "ms"),
    // One more than the SDK's standard mode; the deadline may end them sooner.
    RETRIES("retries", 3, 0, 100, "attempts after the first"),
    // One loop serves a few GB/s; more help only when TLS is the limit.
    EVENT_LOOPS("eventLoops", 0, 0, 256, "threads; 0 for one per two cores, at most 4"),
    // Thirty-two reads of 8 MiB.
    POOLED_MEMORY("pooledMemory", 256L << 20, 0, 1L << 40, "bytes kept for later reads"),
    // More only lets a body leave the processor's caches before it is sent (docs/decisions/0011).
    SEND_BUFFER("sendBuffer", 256 << 10, 0, 1L << 30, "bytes on a connection; 0 for the system's"),
    // Four uploads of eight parts of 8 MiB; one part at least must fit.
    UPLOAD_MEMORY("uploadMemory", 256L << 20, 8L << 20, 1L << 40, "bytes for parts of uploads");

    final String label;
    final long fallback;
    final long least;
    final long most;
    final String unit;

    Knob(String label, long fallback, long least, long most, String unit) {
      this.label = label;
      this.fallback = fallback;
      this.least = least;
      this.most = most;
      this.unit = unit;
    }

    long check(long value) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            label + " must be " + least + " to " + most + " (" + unit + "), but is " + value);
      }
      return value;
    }
  }

  private static final ExpressOptions DEFAULTS =
      new ExpressOptions(
          new EnumMap<>(Knob.class),
          null,
          null,
          SessionMode.READ_WRITE,
          Encryption.bucketDefault(),
          List.of(),
          BucketListener.NONE);

  private final EnumMap<Knob, Long> values;
  private final @Nullable URI endpoint;
  private final @Nullable String region;
  private final SessionMode mode;
  private final Encryption encryption;
  private final List<X509Certificate> trusted;
  private final BucketListener listener;

  private ExpressOptions(
      EnumMap<Knob, Long> values,
      @Nullable URI endpoint,
      @Nullable String region,
      SessionMode mode,
      Encryption encryption,
      List<X509Certificate> trusted,
      BucketListener listener) {
    this.values = values;
    this.endpoint = endpoint;
    this.region = region;
    this.mode = mode;
    this.encryption = encryption;
    this.trusted = trusted;
    this.listener = listener;
  }

  /** Every knob at its default. */
  public static ExpressOptions defaults() {
    return DEFAULTS;
  }

  private ExpressOptions with(Knob knob, long value) {
    EnumMap<Knob, Long> changed = new EnumMap<>(Knob.class);
    changed.putAll(values);
    changed.put(knob, knob.check(value));
    return new ExpressOptions(changed, endpoint, region, mode, encryption, trusted, listener);
  }

  private long value(Knob knob) {
    return values.getOrDefault(knob, knob.fallback);
  }

  private Duration duration(Knob knob) {
    return Duration.ofMillis(value(knob));
  }

  /** Requests at once; 64 unless set, 1 to 4,096. */
  public ExpressOptions concurrentRequests(int requests) {
    return with(Knob.CONCURRENT_REQUESTS, requests);
  }

  /**
   * Connections at once; 0, the default, for as many as {@link #concurrentRequests}. A connection
   * carries one request at a time: fewer of them make requests wait for each other.
   */
  public ExpressOptions connections(int most) {
    return with(Knob.CONNECTIONS, most);
  }

  /** Requests that may wait for a connection before more are refused; 10,000 unless set. */
  public ExpressOptions waitingRequests(int requests) {
    return with(Knob.WAITING_REQUESTS, requests);
  }

  /** Time for a read, stat or list with its retries, sessions included; 5 s unless set. */
  public ExpressOptions readDeadline(Duration total) {
    return with(Knob.READ_DEADLINE, total.toMillis());
  }

  /** Time for a write or delete with its retries; 10 s unless set. */
  public ExpressOptions writeDeadline(Duration total) {
    return with(Knob.WRITE_DEADLINE, total.toMillis());
  }

  /**
   * Time for one CreateSession with its retries; 30 s unless set. Requests that wait for it keep
   * their own deadlines.
   */
  public ExpressOptions sessionDeadline(Duration total) {
    return with(Knob.SESSION_DEADLINE, total.toMillis());
  }

  /** Time to open a connection, its TLS handshake apart; 1 s unless set. */
  public ExpressOptions connectTimeout(Duration timeout) {
    return with(Knob.CONNECT_TIMEOUT, timeout.toMillis());
  }

  /**
   * Bytes of a request that the operating system holds for one connection, {@code SO_SNDBUF}; 256
   * KiB unless set, of which Linux makes twice as much. 0 lets the system choose and grow it, which
   * an upload to another Region needs: a connection sends no more than this in one round trip.
   */
  public ExpressOptions sendBuffer(int bytes) {
    return with(Knob.SEND_BUFFER, bytes);
  }

  /** Time from a request sent to the first byte of its answer; 2 s unless set. */
  public ExpressOptions firstByteTimeout(Duration timeout) {
    return with(Knob.FIRST_BYTE_TIMEOUT, timeout.toMillis());
  }

  /** Longest silence inside an answer's body; 2 s unless set. */
  public ExpressOptions idleTimeout(Duration timeout) {
    return with(Knob.IDLE_TIMEOUT, timeout.toMillis());
  }

  /** How long an unused connection is kept; 30 s unless set. */
  public ExpressOptions keepAlive(Duration timeout) {
    return with(Knob.KEEP_ALIVE, timeout.toMillis());
  }

  /** Attempts after the first, inside the deadline; 3 unless set, 0 for none. */
  public ExpressOptions retries(int attempts) {
    return with(Knob.RETRIES, attempts);
  }

  /** Event loop threads; 0, the default, for one per two cores and at most four. */
  public ExpressOptions eventLoops(int threads) {
    return with(Knob.EVENT_LOOPS, threads);
  }

  /** Direct memory kept for later reads, beyond what is lent; 256 MiB unless set. */
  public ExpressOptions pooledMemory(long bytes) {
    return with(Knob.POOLED_MEMORY, bytes);
  }

  /**
   * Direct memory that the parts of all uploads of the bucket may take; 256 MiB unless set, 8 MiB
   * at least. It is never passed: writers wait.
   */
  public ExpressOptions uploadMemory(long bytes) {
    return with(Knob.UPLOAD_MEMORY, bytes);
  }

  /**
   * Where to connect instead of AWS, as {@code scheme://host[:port]}. A host name is addressed as
   * {@code bucket.host}, an IP address by path, as the AWS endpoint rules have it; names below
   * {@code localhost} are this machine (RFC 6761, 6.3).
   */
  public ExpressOptions endpoint(URI address) {
    return new ExpressOptions(
        values, checkEndpoint(address), region, mode, encryption, trusted, listener);
  }

  private static URI checkEndpoint(URI address) {
    String scheme = address.getScheme();
    String path = address.getRawPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme)) || !bare) {
      throw new IllegalArgumentException(
          "endpoint must look like https://host[:port], but is " + address);
    }
    return address;
  }

  /** The Region that signs requests; the zone's own unless set. */
  public ExpressOptions region(String name) {
    if (!name.matches("[a-z]{2}(-[a-z]+)+-[0-9]+")) {
      throw new IllegalArgumentException(
          "region must look like us-west-2, but is \"" + name + "\"");
    }
    return new ExpressOptions(values, endpoint, name, mode, encryption, trusted, listener);
  }

  /** What requests may do; {@link SessionMode#READ_ONLY} refuses writes before any request. */
  public ExpressOptions mode(SessionMode allowed) {
    return new ExpressOptions(values, endpoint, region, allowed, encryption, trusted, listener);
  }

  /** Certificates to trust instead of the JVM's. Host names are verified whatever is set here. */
  public ExpressOptions trust(List<X509Certificate> certificates) {
    return new ExpressOptions(
        values, endpoint, region, mode, encryption, List.copyOf(certificates), listener);
  }

  /** How what is written is encrypted; sessions pin it. The bucket's own way unless set. */
  public ExpressOptions encryption(Encryption how) {
    return new ExpressOptions(values, endpoint, region, mode, how, trusted, listener);
  }

  /** Told of every round trip. */
  public ExpressOptions listener(BucketListener told) {
    return new ExpressOptions(values, endpoint, region, mode, encryption, trusted, told);
  }

  /** See {@link #concurrentRequests(int)}. */
  public int concurrentRequests() {
    return (int) value(Knob.CONCURRENT_REQUESTS);
  }

  /** See {@link #connections(int)}; the number itself, never 0. */
  public int connections() {
    int set = (int) value(Knob.CONNECTIONS);
    return set == 0 ? concurrentRequests() : Math.min(set, concurrentRequests());
  }

  /** See {@link #waitingRequests(int)}. */
  public int waitingRequests() {
    return (int) value(Knob.WAITING_REQUESTS);
  }

  /** See {@link #readDeadline(Duration)}. */
  public Duration readDeadline() {
    return duration(Knob.READ_DEADLINE);
  }

  /** See {@link #writeDeadline(Duration)}. */
  public Duration writeDeadline() {
    return duration(Knob.WRITE_DEADLINE);
  }

  /** See {@link #sessionDeadline(Duration)}. */
  public Duration sessionDeadline() {
    return duration(Knob.SESSION_DEADLINE);
  }

  /** See {@link #connectTimeout(Duration)}. */
  public Duration connectTimeout() {
    return duration(Knob.CONNECT_TIMEOUT);
  }

  /** See {@link #sendBuffer(int)}. */
  public int sendBuffer() {
    return (int) value(Knob.SEND_BUFFER);
  }

  /** See {@link #firstByteTimeout(Duration)}. */
  public Duration firstByteTimeout() {
    return duration(Knob.FIRST_BYTE_TIMEOUT);
  }

  /** See {@link #idleTimeout(Duration)}. */
  public Duration idleTimeout() {
    return duration(Knob.IDLE_TIMEOUT);
  }

  /** See {@link #keepAlive(Duration)}. */
  public Duration keepAlive() {
    return duration(Knob.KEEP_ALIVE);
  }

  /** See {@link #retries(int)}. */
  public int retries() {
    return (int) value(Knob.RETRIES);
  }

  /** See {@link #eventLoops(int)}; the number itself, never 0. */
  public int eventLoops() {
    int set = (int) value(Knob.EVENT_LOOPS);
    int cores = Runtime.getRuntime().availableProcessors();
    return set > 0 ? set : Math.max(1, Math.min(4, cores / 2));
  }

  /** See {@link #pooledMemory(long)}. */
  public long pooledMemory() {
    return value(Knob.POOLED_MEMORY);
  }

  /** See {@link #uploadMemory(long)}. */
  public long uploadMemory() {
    return value(Knob.UPLOAD_MEMORY);
  }

  /** See {@link #endpoint(URI)}; absent for AWS itself. */
  public Optional<URI> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  /** See {@link #region(String)}; absent for the zone's own. */
  public Optional<String> region() {
    return Optional.ofNullable(region);
  }

  /** See {@link #mode(SessionMode)}. */
  public SessionMode mode() {
    return mode;
  }

  /** See {@link #encryption(Encryption)}. */
  public Encryption encryption() {
    return encryption;
  }

  /** See {@link #trust(List)}; empty for the JVM's. */
  public List<X509Certificate> trusted() {
    return trusted;
  }

  /** See {@link #listener(BucketListener)}. */
  public BucketListener listener() {
    return listener;
  }

  /** Every knob with its value and unit, a line each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ExpressOptions");
    for (Knob knob : Knob.values()) {
      text.append("\n  ").append(knob.label).append(" = ").append(value(knob));
      text.append(' ').append(knob.unit);
    }
    for (Map.Entry<String, ?> other : others().entrySet()) {
      text.append("\n  ").append(other.getKey()).append(" = ").append(other.getValue());
    }
    return text.toString();
  }

  private Map<String, ?> others() {
    return Map.of(
        "endpoint", endpoint == null ? "AWS" : endpoint,
        "region", region == null ? "the zone's own" : region,
        "mode", mode.headerValue(),
        "encryption", encryption,
        "trusted", trusted.isEmpty() ? "the JVM's" : trusted.size() + " certificates");
  }
}
