package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.ExpressDirectory.Expiration;
import io.expressway.testkit.ZonalServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

final class ExpressDirectoryTest {
  private static final String NAME = "fresh--usw2-az1--x-s3";
  private ZonalServer server;
  private S3AsyncClient client;
  private ExpressDirectory directory;

  /** Without sessions: at an endpoint of its own the SDK asks for one even to make the bucket. */
  @BeforeEach
  void open() {
    server = ZonalServer.builder().zones("usw2-az1").start();
    client =
        S3AsyncClient.builder()
            .endpointOverride(server.zone("usw2-az1").endpoint())
            .region(Region.of(server.region()))
            .disableS3ExpressSessionAuth(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .build();
    directory = ExpressDirectory.over(client);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  @Test
  void bucketsAreMadeListedAndRemoved() throws Exception {
    BucketName made = await(directory.create(NAME));
    assertThat(await(directory.list())).contains(made);
    await(directory.delete(made));
    assertThat(await(directory.list())).doesNotContain(made);
    assertThatThrownBy(() -> await(directory.delete(made)))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(BucketNotFoundException.class);
  }

  @Test
  void whatExpiresIsToldToTheService() throws Exception {
    BucketName made = await(directory.create(NAME));
    Optional<Duration> week = Optional.of(Duration.ofDays(7));
    Optional<Duration> day = Optional.of(Duration.ofDays(1));
    await(
        directory.expire(
            made,
            List.of(new Expiration("tmp/", week, day), new Expiration("", Optional.empty(), day))));
    List<LifecycleRule> rules =
        await(client.getBucketLifecycleConfiguration(get -> get.bucket(NAME))).rules();
    assertThat(rules).hasSize(2);
    assertThat(rules.get(0).filter().prefix()).isEqualTo("tmp/");
    assertThat(rules.get(0).expiration().days()).isEqualTo(7);
    assertThat(rules.get(0).abortIncompleteMultipartUpload().daysAfterInitiation()).isOne();
    assertThat(rules.get(1).expiration()).isNull();
    await(directory.delete(made));
    assertThatThrownBy(() -> await(directory.expire(made, List.of(new Expiration("", week, day)))))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(BucketNotFoundException.class);
  }

  @Test
  void onlyDirectoryBucketsAreMade() {
    assertThatThrownBy(() -> directory.create("general-purpose"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatExpiresDoesSoAfterWholeDays() {
    Optional<Duration> never = Optional.empty();
    assertThatThrownBy(() -> new Expiration("", never, never))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Expiration("", Optional.of(Duration.ofHours(30)), never))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole days");
    assertThat(new Expiration("tmp/", Optional.of(Duration.ofDays(7)), never).prefix())
        .isEqualTo("tmp/");
  }
}
