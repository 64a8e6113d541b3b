package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** The SDK's blocking client over the JDK's HttpURLConnection. */
@Tag("one-jdk")
final class UrlConnectionJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.blocking(server, UrlConnectionHttpClient.create());
  }
}
