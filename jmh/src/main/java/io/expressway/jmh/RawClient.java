package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The floor: a blocking socket that sends a ready-made request and receives into memory of its own.
 * It signs nothing, checks nothing and keeps nothing; no client does less.
 */
final class RawClient extends BlockingClient {
  private static final int HEAD_BYTES = 4096;
  private final ServerAddress server;
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final Map<Integer, byte[]> requests = new ConcurrentHashMap<>();

  RawClient(ServerAddress server) {
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
    return new Connection(server);
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
    private final SocketChannel socket;
    private final byte[] head = new byte[HEAD_BYTES];
    private ByteBuffer memory = ByteBuffer.allocateDirect(HEAD_BYTES);
    private ByteBuffer request = ByteBuffer.allocateDirect(HEAD_BYTES);

    Connection(ServerAddress server) throws IOException {
      socket =
          SocketChannel.open(
              new InetSocketAddress(server.endpoint().getHost(), server.endpoint().getPort()));
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    long exchange(byte[] bytes, int length) throws IOException {
      request.clear().put(bytes).flip();
      while (request.hasRemaining()) {
        socket.write(request);
      }
      if (memory.capacity() < length + HEAD_BYTES) {
        memory = ByteBuffer.allocateDirect(length + HEAD_BYTES);
      }
      memory.clear();
      int end = 0;
      while (end == 0) {
        receive();
        end = headEnd();
      }
      while (memory.position() < end + length) {
        receive();
      }
      return (long) memory.position() - end;
    }

    private void receive() throws IOException {
      if (socket.read(memory) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }

    private int headEnd() throws IOException {
      int count = Math.min(memory.position(), HEAD_BYTES);
      memory.get(0, head, 0, count);
      for (int i = 3; i < count; i++) {
        if (head[i] == '\n' && head[i - 2] == '\n') {
          if (head[9] != '2') {
            throw new IOException(new String(head, 0, i, StandardCharsets.US_ASCII));
          }
          return i + 1;
        }
      }
      return 0;
    }
  }
}
