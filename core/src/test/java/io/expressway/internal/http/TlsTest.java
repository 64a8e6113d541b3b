package io.expressway.internal.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Encrypted connections: who is trusted, and what a broken one says. */
final class TlsTest {
  private final ScriptedObject object = new ScriptedObject(3 << 20, 9);

  private static WireBucket open(URI endpoint, TestCertificate trusted, int retries) {
    return WireBucket.zonal(
        BucketName.directory("demo--usw2-az1--x-s3"),
        "us-west-2",
        Credentials.of("AKID", "secret"),
        ExpressOptions.defaults()
            .endpoint(endpoint)
            .retries(retries)
            .trust(List.of(trusted.certificate())));
  }

  private static ReadRequest first(int bytes) {
    return ReadRequest.of("key", ByteRange.of(0, bytes));
  }

  @Test
  void aCertificateOfAnotherNameIsRefused() throws Exception {
    TestCertificate other = TestCertificate.of("dns:elsewhere.example");
    try (ScriptedServer server = new ScriptedServer(object::answer, other)) {
      WireBucket bucket = open(server.endpoint(), other, 0);
      assertThatThrownBy(() -> bucket.read(first(10)).get(20, SECONDS))
          .hasMessageContaining("TLS with 127.0.0.1 failed")
          .hasMessageContaining("certificate");
      assertThat(server.requests()).isEmpty();
      bucket.close();
    }
  }

  @Test
  void anUnknownIssuerIsRefused() throws Exception {
    TestCertificate served = TestCertificate.of("ip:127.0.0.1");
    try (ScriptedServer server = new ScriptedServer(object::answer, served)) {
      WireBucket bucket = open(server.endpoint(), TestCertificate.of("ip:127.0.0.1"), 0);
      assertThatThrownBy(() -> bucket.read(first(10)).get(20, SECONDS))
          .hasMessageContaining("ExpressOptions.trust");
      bucket.close();
    }
  }

  @Test
  void namesBelowLocalhostAreThisMachineAndVerified() throws Exception {
    TestCertificate served = TestCertificate.of("dns:demo--usw2-az1--x-s3.localhost");
    try (ScriptedServer server = new ScriptedServer(object::answer, served)) {
      WireBucket bucket = open(server.hostEndpoint(), served, 0);
      bucket.read(first(10)).get(20, SECONDS).close();
      assertThat(server.requests().get(0).headers().get("host"))
          .startsWith("demo--usw2-az1--x-s3.localhost:");
      bucket.close();
    }
  }

  @Test
  void anEncryptedBodyGoesOnFromItsLastByte() throws Exception {
    TestCertificate served = TestCertificate.of("ip:127.0.0.1");
    try (ScriptedServer server = new ScriptedServer(object::answer, served)) {
      WireBucket bucket = open(server.endpoint(), served, 3);
      for (int sent : new int[] {1, 5000, 100_000, 2_000_000}) {
        server.next(
            (request, reply) -> {
              object.begin(request, reply, sent);
              reply.finish();
            });
        try (Slice slice = bucket.read(first(3 << 20)).get(20, SECONDS)) {
          assertThat(object.matches(slice.buffers().get(0), 0)).isTrue();
        }
      }
      bucket.close();
    }
  }
}
