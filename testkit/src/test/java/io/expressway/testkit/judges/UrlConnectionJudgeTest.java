package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import org.junit.jupiter.api.Tag;

/** The SDK's blocking client over the JDK's HttpURLConnection. */
@Tag("one-jdk")
final class UrlConnectionJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.blocking(server, UrlConnectionHttpClient.create());
  }
}
