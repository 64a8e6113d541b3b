package io.expressway.testkit;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of loopback that is bound and not listened on: connections are refused, and neither
 * another server nor an outgoing connection of any process is given the port (ip(7), bind(2): only
 * who asks for it by number, and says SO_REUSEADDR, may listen on it).
 */
final class HeldPort implements AutoCloseable {
  private final Socket socket = new Socket();

  HeldPort(int port) {
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(NetUtil.LOCALHOST4, port));
    } catch (IOException e) {
      close();
      throw new IllegalStateException("cannot hold port " + port, e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
