package io.expressway.testkit.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;

/** The S3 client of the Common Runtime, which has signer, sessions and splitting of its own. */
@Tag("one-jdk")
final class S3CrtJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.s3Crt(server);
  }

  /** By address its CreateSession has a Host without bucket and port, and the path names none. */
  @Test
  void sessionWithoutABucketIsRefused() {
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").start()) {
      Zone zone = server.zone("usw2-az1");
      try (JudgedBucket bucket =
          new JudgedBucket(JudgeClients.s3CrtByAddress(server), zone.bucket())) {
        assertThatThrownBy(() -> bucket.readRange("key", "bytes=0-3"))
            .isInstanceOf(SdkException.class);
      }
      assertThat(zone.requests())
          .extracting(RequestRecord::target, RequestRecord::status, r -> r.headers().get("host"))
          .containsExactly(tuple("/?session=", 501, "127.0.0.1"));
    }
  }
}
