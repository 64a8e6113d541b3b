package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;

/** The SDK's asynchronous client over the HTTP client of the Common Runtime. */
@Tag("one-jdk")
final class CrtAsyncHttpJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.async(server, AwsCrtAsyncHttpClient.create());
  }
}
