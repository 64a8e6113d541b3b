package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A blocking socket that receives into memory of its own. Used by one thread at a time. */
final class RawConnection implements AutoCloseable {
  private static final int HEAD_BYTES = 4096;
  private final SocketChannel socket;
  private final byte[] head = new byte[HEAD_BYTES];
  private final ByteBuffer request = ByteBuffer.allocateDirect(HEAD_BYTES);
  private ByteBuffer memory = ByteBuffer.allocateDirect(HEAD_BYTES);

  RawConnection(ServerAddress server) throws IOException {
    socket =
        SocketChannel.open(
            new InetSocketAddress(server.endpoint().getHost(), server.endpoint().getPort()));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /**
   * Sends a ready-made head and what follows it, and receives the answer.
   *
   * @param length bytes of the answer's body
   * @return bytes received of it
   */
  long exchange(byte[] requestHead, ByteBuffer body, int length) throws IOException {
    send(request.clear().put(requestHead).flip(), body);
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

  private void send(ByteBuffer first, ByteBuffer body) throws IOException {
    if (body.hasRemaining()) {
      ByteBuffer[] both = {first, body.duplicate()};
      while (both[1].hasRemaining()) {
        socket.write(both);
      }
    }
    while (first.hasRemaining()) {
      socket.write(first);
    }
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

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
