package io.expressway.spark;

import io.expressway.Bucket;
import java.io.Serializable;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;

/**
 * All that opening a bucket, or a set of replicas, needs to know: names, endpoints, sessions, cache
 * and zones. Immutable, serializable, and without a secret: executors find credentials where they
 * run. {@code docs/spark.md} lists the settings.
 *
 * <pre>{@code
 * BucketDescription logs =
 *     BucketDescription.of("logs--usw2-az1--x-s3", "logs--usw2-az3--x-s3").with("cache.memory", "1g");
 * }</pre>
 *
 * <p>Equal descriptions share one open bucket in a JVM: see {@link #shared()}. Thread: safe for
 * many.
 */
public final class BucketDescription implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What differs from the defaults, in canonical form. */
  private final TreeMap<String, String> values;

  @SuppressWarnings("serial") // what is open stays where it was opened
  private transient volatile @Nullable SharedBucket known;

  private BucketDescription(SortedMap<String, String> values) {
    this.values = new TreeMap<>(values);
  }

  /**
   * One bucket, or a primary and its copies in other zones.
   *
   * @throws IllegalArgumentException when a name is malformed
   */
  public static BucketDescription of(String primary, String... others) {
    String names = others.length == 0 ? primary : primary + "," + String.join(",", others);
    return new BucketDescription(new TreeMap<>()).with(Setting.BUCKETS.key(), names);
  }

  /**
   * What the keys {@code spark.expressway.*} describe.
   *
   * @throws IllegalArgumentException naming the key that is unknown, wrong or missing
   */
  public static BucketDescription from(SparkConf conf) {
    return from(
        Arrays.stream(conf.getAllWithPrefix(Setting.PREFIX))
            .collect(Collectors.toMap(each -> Setting.PREFIX + each._1, each -> each._2)));
  }

  /** As {@link #from(SparkConf)}, of keys of any kind, the others ignored. */
  static BucketDescription from(Map<String, String> conf) {
    BucketDescription described = new BucketDescription(new TreeMap<>());
    for (Map.Entry<String, String> each : conf.entrySet()) {
      if (each.getKey().startsWith(Setting.PREFIX)) {
        described =
            described.with(each.getKey().substring(Setting.PREFIX.length()), each.getValue());
      }
    }
    return described.checked();
  }

  /**
   * The same with one setting changed.
   *
   * @param key as in {@code docs/spark.md}, without {@code spark.expressway.}
   * @param value as in a Spark configuration: {@code 512m}, {@code 5s}
   * @throws IllegalArgumentException when there is no such key, or the value cannot be right
   */
  public BucketDescription with(String key, String value) {
    Setting setting = Setting.of(key).orElseThrow(() -> unknown(key));
    String canonical;
    try {
      canonical = setting.canonical(value.strip());
    } catch (IllegalArgumentException e) {
      throw wrong(key, e);
    }
    TreeMap<String, String> changed = new TreeMap<>(values);
    if (canonical.equals(setting.fallback())) {
      changed.remove(key);
    } else {
      changed.put(key, canonical);
    }
    return new BucketDescription(changed);
  }

  /** Connects to {@code address} instead of AWS. */
  public BucketDescription endpoint(URI address) {
    return with(Setting.ENDPOINT.key(), address.toString());
  }

  /** Connects to {@code address} instead of AWS for the bucket in one zone. */
  public BucketDescription endpoint(String zoneId, URI address) {
    return with(Setting.ENDPOINT.key() + "." + zoneId, address.toString());
  }

  private static IllegalArgumentException unknown(String key) {
    String all =
        Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "there is no setting " + Setting.PREFIX + key + "; there are " + all);
  }

  static IllegalArgumentException wrong(String key, IllegalArgumentException why) {
    return new IllegalArgumentException(Setting.PREFIX + key + ": " + why.getMessage(), why);
  }

  // What it says.

  /** The names of the buckets, the primary first. */
  public List<String> buckets() {
    String names = text(Setting.BUCKETS);
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "set " + Setting.PREFIX + "buckets, such as logs--usw2-az1--x-s3");
    }
    return List.of(names.split(",", -1));
  }

  /** The canonical text, or the default's; empty for none. */
  String text(Setting setting) {
    return values.getOrDefault(setting.key(), setting.fallback());
  }

  String text(String key, Setting otherwise) {
    String own = values.get(key);
    return own == null ? text(otherwise) : own;
  }

  /**
   * Itself, once everything that can be checked without a request is.
   *
   * @throws IllegalArgumentException naming the key that is wrong
   */
  BucketDescription checked() {
    Opening unused = new Opening(this);
    return this;
  }

  // Opening.

  /**
   * Opens what is described. Makes no request. Owner: the caller closes it.
   *
   * @throws IllegalArgumentException when settings do not fit each other or this machine
   */
  public Bucket open() {
    return new Opening(this).open();
  }

  /**
   * The open bucket that everybody in this JVM shares whose description is equal, opened when it is
   * first asked for and closed when the JVM exits. Closing it does nothing.
   *
   * <p>Owner: {@link SharedBuckets}. Classes loaded twice share nothing: each class loader has one.
   */
  public Bucket shared() {
    SharedBucket mine = known;
    if (mine == null || mine.isClosed()) {
      mine = SharedBuckets.get(this);
      known = mine;
    }
    return mine;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BucketDescription that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** What differs from the defaults. */
  @Override
  public String toString() {
    return "BucketDescription" + values;
  }
}
