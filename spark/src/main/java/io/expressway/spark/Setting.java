package io.expressway.spark;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a description may say: the key after {@code spark.expressway.}, its form and its default.
 */
@SuppressWarnings("ImmutableEnumChecker") // forms are functions without state
enum Setting {
  BUCKETS("buckets", "", Form::buckets),
  ENDPOINT("endpoint", "", Form::endpoint),
  REGION("region", "", Form::text),
  CREDENTIALS("credentials", "default", Form::credentials),
  MODE("mode", "read-write", Form.oneOf("read-write", "read-only")),

  ENCRYPTION("encryption", "", Form::text),

  CONCURRENT_REQUESTS("concurrentRequests", "64", Form::count),
  CONNECTIONS("connections", "0", Form::count),
  WAITING_REQUESTS("waitingRequests", "10000", Form::count),
  EVENT_LOOPS("eventLoops", "0", Form::count),
  READ_DEADLINE("readDeadline", "5s", Form::time),
  WRITE_DEADLINE("writeDeadline", "10s", Form::time),
  SESSION_DEADLINE("sessionDeadline", "30s", Form::time),
  CONNECT_TIMEOUT("connectTimeout", "1s", Form::time),
  FIRST_BYTE_TIMEOUT("firstByteTimeout", "2s", Form::time),
  IDLE_TIMEOUT("idleTimeout", "2s", Form::time),
  KEEP_ALIVE("keepAlive", "30s", Form::time),
  RETRIES("retries", "3", Form::count),
  SEND_BUFFER("sendBuffer", "256k", Form::bytes),
  POOLED_MEMORY("pooledMemory", "256m", Form::bytes),
  UPLOAD_MEMORY("uploadMemory", "256m", Form::bytes),

  SESSION_EARLIEST("sessions.earliestRefresh", "0.5", Form::share),
  SESSION_LATEST("sessions.latestRefresh", "0.7", Form::share),
  SESSION_MARGIN("sessions.expiryMargin", "2s", Form::time),
  SESSION_IDLE("sessions.idleAfter", "10min", Form::time),
  SESSION_MOST("sessions.most", "1000", Form::count),
  SESSION_IDENTITY("sessions.identityCheck", "10s", Form::time),

  CACHE_MEMORY("cache.memory", "0", Form::bytes),
  CACHE_BLOCK("cache.block", "256k", Form::bytes),
  CACHE_FRESHNESS("cache.freshness", "1min", Form::freshness),
  CACHE_ABSENCE("cache.absence", "1s", Form::time),
  CACHE_CHANGE("cache.change", "repeat", Form.oneOf("repeat", "fail")),
  CACHE_GAP("cache.gapBytes", "400k", Form::bytes),
  CACHE_REQUEST("cache.requestBytes", "8m", Form::bytes),
  CACHE_DIRECTORY("cache.disk.directory", "", Form::text),
  CACHE_DISK("cache.disk.limit", "0", Form::bytes),
  CACHE_DISK_FREE("cache.disk.free", "1g", Form::bytes),

  NEAREST("multiaz.nearest", "", Form::zone),
  WRITES("multiaz.writes", "quorum", Form.oneOf("primary", "quorum", "all")),
  READS("multiaz.reads", "any", Form.oneOf("any", "quorum")),
  HEDGE_BUDGET("multiaz.hedgeBudget", "0.05", Form::share),
  FIRST_HEDGE("multiaz.firstHedgeAfter", "10ms", Form::time),
  KEEP_WARM("multiaz.keepWarm", "4s", Form::time),
  FAIL_BACK("multiaz.failBackOver", "5s", Form::time),
  LAGGING("multiaz.laggingBytes", "64m", Form::bytes),
  OWED("multiaz.owedKeys", "10000", Form::count);

  static final String PREFIX = "spark.expressway.";

  private final String key;
  private final String fallback;
  private final Form form;

  Setting(String key, String fallback, Form form) {
    this.key = key;
    this.form = form;
    this.fallback = fallback.isEmpty() ? "" : form.canonical(fallback);
  }

  /** The setting of that name; {@code endpoint.<zone>} is an endpoint. */
  static Optional<Setting> of(String key) {
    String name = key.startsWith(ENDPOINT.key + ".") ? ENDPOINT.key : key;
    return Arrays.stream(values()).filter(each -> each.key.equals(name)).findAny();
  }

  String key() {
    return key;
  }

  /** In canonical form; empty for none. */
  String fallback() {
    return fallback;
  }

  String canonical(String text) {
    return form.canonical(text);
  }
}
