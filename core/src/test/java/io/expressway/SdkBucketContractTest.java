package io.expressway;

import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The SDK's Netty client, with sessions of its own, against the zonal server. */
@Tag("one-jdk")
final class SdkBucketContractTest extends BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;
  private static S3AsyncClient client;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").start();
    client =
        S3AsyncClient.builder()
            .endpointOverride(server.zone("usw2-az1").endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Override
  protected Bucket open() {
    Zone zone = server.zone("usw2-az1");
    return SdkBucket.over(client, zone.createBucket("contract-" + BUCKETS.incrementAndGet()));
  }
}
