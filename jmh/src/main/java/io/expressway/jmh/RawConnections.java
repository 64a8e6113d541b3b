package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** As many {@link RawConnection}s as were ever in use at once. Safe for many threads. */
final class RawConnections implements AutoCloseable {
  /** The body of a request that has none. */
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ServerAddress server;
  private final ArrayDeque<RawConnection> idle = new ArrayDeque<>();

  RawConnections(ServerAddress server) {
    this.server = server;
  }

  /** As {@link RawConnection#exchange}, on one that nobody uses. */
  long exchange(byte[] head, ByteBuffer body, int length) throws IOException {
    RawConnection connection = take();
    long received = connection.exchange(head, body, length);
    synchronized (idle) {
      idle.push(connection);
    }
    return received;
  }

  private RawConnection take() throws IOException {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return new RawConnection(server);
  }

  @Override
  public void close() throws IOException {
    synchronized (idle) {
      for (RawConnection connection : idle) {
        connection.close();
      }
    }
  }
}
