package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ExpressOptions;
import io.expressway.cache.CacheOptions;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.SessionOptions;
import io.expressway.testkit.ZonalServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BucketDescriptionTest {
  private static final BucketDescription LOGS =
      BucketDescription.of("logs--usw2-az1--x-s3", "logs--usw2-az3--x-s3");

  /** What a description says in another way, or no text can tell an executor. */
  private static final Set<String> OTHERWISE =
      Set.of("listener", "trust", "refreshBetween", "nearestFirst");

  private static final Set<Class<?>> MEASURED =
      Set.of(int.class, long.class, double.class, Duration.class);

  @AfterEach
  void closeAll() {
    SharedBuckets.closeAll();
  }

  @Test
  void sameValuesInOtherWordsAreEqual() {
    BucketDescription one = LOGS.with("cache.memory", "1g").with("readDeadline", "2s");
    BucketDescription other = LOGS.with("readDeadline", "2000ms").with("cache.memory", "1024 MB");

    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo(LOGS);
    assertThat(LOGS.with("retries", "3")).as("a default says nothing").isEqualTo(LOGS);
  }

  @Test
  void survivesSerializationEvenWhileItsBucketIsOpen() throws Exception {
    BucketDescription told = LOGS.with("multiaz.writes", "all");
    Bucket open = told.shared();

    BucketDescription arrived = copy(told);

    assertThat(arrived).isEqualTo(told);
    assertThat(arrived.shared()).isSameAs(open);
    assertThat(SharedBuckets.count()).isEqualTo(1);
  }

  private static BucketDescription copy(BucketDescription original) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(original);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (BucketDescription) in.readObject();
    }
  }

  @Test
  void closingWhatIsSharedClosesNothing() {
    LOGS.shared().close();

    assertThat(LOGS.shared()).isSameAs(LOGS.shared());
  }

  @Test
  void whatWasClosedForAllIsOpenedAgain() {
    Bucket first = LOGS.shared();
    SharedBuckets.closeAll();

    assertThat(LOGS.shared()).isNotSameAs(first);
  }

  @Test
  void readsTheKeysOfASparkConfiguration() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.app.name", "other")
            .set("spark.expressway.buckets", "logs--usw2-az1--x-s3, logs--usw2-az3--x-s3")
            .set("spark.expressway.endpoint.usw2-az3", "http://127.0.0.1:9000");

    assertThat(BucketDescription.from(conf))
        .isEqualTo(LOGS.endpoint("usw2-az3", URI.create("http://127.0.0.1:9000")));
  }

  @ParameterizedTest
  @CsvSource({
    "buckets, logs--us-west-2a--x-s3, zone's ID",
    "endpoint, ftp://127.0.0.1, endpoint",
    "endpoint.usw2-az1, https://user:pw@example.com, without user",
    "region, nowhere, region",
    "credentials, wJalrXUtnFEMI/K7MDENG, never a key",
    "mode, append, one of",
    "concurrentRequests, 0, concurrentRequests",
    "eventLoops, 1000, eventLoops",
    "encryption, alias/logs, not an alias",
    "uploadMemory, 1m, uploadMemory",
    "idleTimeout, 0s, idleTimeout",
    "sessions.most, 0, most",
    "cache.requestBytes, 1k, requestBytes",
    "cache.change, ignore, one of",
    "multiaz.keepWarm, 0s, keepWarm",
    "readDeadline, 5 parsecs, a time such as",
    "readDeadline, 99999999999999999999s, a time such as",
    "retries, -1, a whole number",
    "sessions.earliestRefresh, 0.9, refresh",
    "cache.memory, lots, a size such as",
    "cache.disk.limit, 1g, cache.disk.directory",
    "cache.freshness, sometimes, a time such as",
    "multiaz.nearest, us-west-2a, Availability Zone ID",
    "multiaz.writes, most, one of",
    "multiaz.hedgeBudget, 2, a share",
    "cache.memry, 1g, there is no setting",
  })
  void saysWhichKeyIsWrong(String key, String value, String why) {
    Map<String, String> conf =
        Map.of("spark.expressway.buckets", "logs--usw2-az1--x-s3,logs--usw2-az3--x-s3");
    Map<String, String> wrong = new HashMap<>(conf);
    wrong.put("spark.expressway." + key, value);

    assertThatThrownBy(() -> BucketDescription.from(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spark.expressway." + key)
        .hasMessageContaining(why)
        .hasMessageNotContaining("wJalrXUtnFEMI")
        .hasMessageNotContaining(":pw@");
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyOptionHasAKeyThatReachesIt(
      String group, Object defaults, Function<Opening, Object> made) throws Exception {
    for (Method option : settersOf(defaults)) {
      Setting setting =
          Setting.of(group + option.getName())
              .orElseThrow(() -> new AssertionError("no key for " + option));
      if (MEASURED.contains(option.getParameterTypes()[0])) {
        Method value = defaults.getClass().getMethod(option.getName());
        String other = text(other(value.invoke(defaults)));

        Object told = made.apply(new Opening(LOGS.with(setting.key(), other)));

        assertThat(text(value.invoke(told))).as(setting.key()).isEqualTo(other);
        if (!setting.fallback().equals("0")) { // for: as many as fit
          assertThat(setting.fallback()).isEqualTo(text(value.invoke(defaults)));
        }
      }
    }
  }

  static Stream<Arguments> options() {
    return Stream.of(
        arguments("", ExpressOptions.defaults(), (Opening each) -> each.wire().get(0)),
        arguments("sessions.", SessionOptions.defaults(), Opening::sessionOptions),
        arguments("cache.", CacheOptions.defaults(), Opening::cacheOptions),
        arguments("multiaz.", MultiAzOptions.defaults(), Opening::zoneOptions));
  }

  private static Arguments arguments(
      String group, Object defaults, Function<Opening, Object> made) {
    return Arguments.of(group, defaults, made);
  }

  private static List<Method> settersOf(Object options) {
    return Arrays.stream(options.getClass().getMethods())
        .filter(method -> method.getReturnType() == options.getClass())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !OTHERWISE.contains(method.getName()))
        .toList();
  }

  /** Half as much; of one, three. */
  private static Object other(Object value) {
    if (value instanceof Duration time) {
      return time.dividedBy(2);
    }
    if (value instanceof Double share) {
      return share / 2;
    }
    long number = ((Number) value).longValue();
    return number == 1 ? 3 : number / 2;
  }

  private static String text(Object value) {
    return value instanceof Duration time ? time.toMillis() + "ms" : value.toString();
  }

  @Test
  void needsBuckets() {
    assertThatThrownBy(() -> BucketDescription.from(Map.of()))
        .hasMessageContaining("spark.expressway.buckets");
  }

  @Test
  void holdsNoSecret() throws Exception {
    BucketDescription told = LOGS.with("credentials", TestCredentials.class.getName());
    Bucket unused = told.shared();

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(told);
    }

    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(TestCredentials.SECRET);
    assertThat(told.toString()).doesNotContain(TestCredentials.SECRET);
  }

  @Test
  void twoCachesOnOneMachineTakeDirectoriesOfTheirOwn(@TempDir Path disk) throws IOException {
    try (ZonalServer server = SparkHarness.server()) {
      BucketDescription cached =
          SparkHarness.described(server, 1)
              .with("cache.memory", "8m")
              .with("cache.disk.directory", disk.toString())
              .with("cache.disk.limit", "64m")
              .with("cache.disk.free", "1m");
      try (Bucket one = cached.open();
          Bucket other = cached.open()) {
        assertThat(one).isNotSameAs(other);
        assertThat(disk.resolve("executor-0")).isDirectory();
        assertThat(disk.resolve("executor-1")).isDirectory();
      }
      try (Bucket later = cached.open()) {
        assertThat(later.name()).hasToString("logs--usw2-az1--x-s3");
        assertThat(Files.exists(disk.resolve("executor-2"))).isFalse();
      }
    }
  }

  @Test
  void documentationListsEverySettingWithItsDefault() throws IOException {
    String document = Files.readString(Path.of("../docs/spark.md"));

    for (Setting setting : Setting.values()) {
      assertThat(document.lines().filter(line -> line.startsWith("| `" + setting.key() + "`")))
          .as(setting.key())
          .hasSize(1)
          .allMatch(line -> defaultIn(line, setting).equals(setting.fallback()));
    }
  }

  /** The second column. */
  private static String defaultIn(String line, Setting setting) {
    String cell = line.split("\\|", -1)[2].strip().replace("`", "");
    return cell.isEmpty() ? "" : setting.canonical(cell);
  }
}
