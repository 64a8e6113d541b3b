package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.StandardBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sets of buckets that cannot work, and options that make no sense. */
final class BadInputTest {
  private final List<Bucket> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Bucket::close);
  }

  private Bucket express(String base, String zone) {
    Bucket bucket =
        ExpressBucket.open(base + "--" + zone + "--x-s3", Credentials.of("AKID", "secret"));
    opened.add(bucket);
    return bucket;
  }

  private Bucket standard(String name) {
    Bucket bucket =
        StandardBucket.open(
            name, Credentials.of("AKID", "secret"), ExpressOptions.defaults().region("us-west-2"));
    opened.add(bucket);
    return bucket;
  }

  private static void refused(String why, Bucket... buckets) {
    assertThatThrownBy(() -> MultiAzBucket.of(MultiAzOptions.defaults(), List.of(buckets)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void oneZoneIsNotSeveral() {
    refused("there is none");
    refused("there is one", express("logs", "usw2-az1"));
  }

  @Test
  void twoReplicasInOneZoneWouldBeLostTogether() {
    refused("zone usw2-az1", express("logs", "usw2-az1"), express("copies", "usw2-az1"));
  }

  @Test
  void theSameBucketTwiceIsOneCopy() {
    refused(
        "logs--usw2-az1--x-s3 is named twice",
        express("logs", "usw2-az1"),
        express("logs", "usw2-az1"));
  }

  @Test
  void aGeneralPurposeBucketIsTheLastCopyOrNone() {
    refused("the primary must be a directory bucket", standard("logs"), express("l", "usw2-az1"));
    refused(
        "as good as several", express("logs", "usw2-az1"), standard("logs"), standard("more-logs"));
    refused("name it last", express("l", "usw2-az1"), standard("logs"), express("l", "usw2-az3"));
    MultiAzBucket.of(express("logs", "usw2-az1"), express("logs", "usw2-az3"), standard("logs"))
        .close();
  }

  @Test
  void nearestIsAZoneId() {
    assertThatThrownBy(
            () ->
                MultiAzBucket.of(
                    MultiAzOptions.defaults().nearest("us-west-2a"),
                    List.of(express("logs", "usw2-az1"), express("logs", "usw2-az3"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("us-west-2a")
        .hasMessageContaining("usw2-az1");
  }

  @Test
  void optionsSayWhatIsWrongWithThem() {
    MultiAzOptions options = MultiAzOptions.defaults();
    refused("hedgeBudget", () -> options.hedgeBudget(1.5));
    refused("hedgeBudget", () -> options.hedgeBudget(Double.NaN));
    refused("firstHedgeAfter", () -> options.firstHedgeAfter(Duration.ZERO));
    refused("keepWarm", () -> options.keepWarm(Duration.ofMillis(-1)));
    refused("failBackOver", () -> options.failBackOver(Duration.ZERO));
    refused("laggingBytes", () -> options.laggingBytes(-1));
    refused("owedKeys", () -> options.owedKeys(-1));
  }

  private static void refused(
      String name, org.assertj.core.api.ThrowableAssert.ThrowingCallable c) {
    assertThatThrownBy(c).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
  }
}
