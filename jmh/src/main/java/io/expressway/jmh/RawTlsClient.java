package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** The floor over TLS: the JDK's blocking socket, a ready-made request, an array to read into. */
final class RawTlsClient extends BlockingClient {
  private static final int HEAD_BYTES = 4096;
  private final ServerAddress server;
  private final SSLSocketFactory factory = ServerAddress.sslContext().getSocketFactory();
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final Map<Integer, byte[]> requests = new ConcurrentHashMap<>();

  RawTlsClient(ServerAddress server) {
    this.server = server;
  }

  @Override
  public long read(int length) throws IOException {
    byte[] request = requests.computeIfAbsent(length, n -> SignedRequest.of(server, n));
    Connection connection = take();
    long received = connection.exchange(request, length);
    synchronized (idle) {
      idle.push(connection);
    }
    return received;
  }

  private Connection take() throws IOException {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return new Connection(
        (SSLSocket) factory.createSocket(server.endpoint().getHost(), server.endpoint().getPort()));
  }

  @Override
  public void close() throws IOException {
    super.close();
    synchronized (idle) {
      for (Connection connection : idle) {
        connection.socket.close();
      }
    }
  }

  private static final class Connection {
    private final SSLSocket socket;
    private byte[] memory = new byte[HEAD_BYTES];
    private int received;

    Connection(SSLSocket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
    }

    long exchange(byte[] request, int length) throws IOException {
      socket.getOutputStream().write(request);
      if (memory.length < length + HEAD_BYTES) {
        memory = new byte[length + HEAD_BYTES];
      }
      received = 0;
      int end = 0;
      while (end == 0) {
        receive();
        end = headEnd();
      }
      while (received < end + length) {
        receive();
      }
      return (long) received - end;
    }

    private void receive() throws IOException {
      int count = socket.getInputStream().read(memory, received, memory.length - received);
      if (count < 0) {
        throw new EOFException("the server closed the connection");
      }
      received += count;
    }

    private int headEnd() throws IOException {
      for (int i = 3; i < Math.min(received, HEAD_BYTES); i++) {
        if (memory[i] == '\n' && memory[i - 2] == '\n') {
          if (memory[9] != '2') {
            throw new IOException("refused with status " + (char) memory[9] + "xx");
          }
          return i + 1;
        }
      }
      return 0;
    }
  }
}
