package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;

/** The SDK's asynchronous client over the HTTP client of the Common Runtime. */
final class CrtAsyncHttpJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.async(server, AwsCrtAsyncHttpClient.create());
  }
}
