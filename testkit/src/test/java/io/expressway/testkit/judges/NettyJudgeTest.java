package io.expressway.testkit.judges;

import io.expressway.testkit.ZonalServer;

/** The SDK's asynchronous client over Netty. */
final class NettyJudgeTest extends JudgeContract {
  @Override
  Judge client(ZonalServer server) {
    return JudgeClients.netty(server);
  }
}
