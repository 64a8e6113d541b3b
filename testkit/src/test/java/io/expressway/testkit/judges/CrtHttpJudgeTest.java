package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import org.junit.jupiter.api.Tag;

/** The SDK's blocking client over the HTTP client of the Common Runtime. */
@Tag("one-jdk")
final class CrtHttpJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.blocking(server, AwsCrtHttpClient.create());
  }
}
