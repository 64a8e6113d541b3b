package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;
import org.junit.jupiter.api.Tag;

/** The SDK's asynchronous client over Netty. */
@Tag("one-jdk")
final class NettyJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.netty(server);
  }
}
