package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;

/** The SDK's blocking client over the HTTP client of the Common Runtime. */
@Tag("one-jdk")
final class CrtHttpJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.blocking(server, AwsCrtHttpClient.create());
  }
}
