package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;

/** The floor: one GET on a blocking socket, whose bytes are read into the caller's array. */
final class RawStream implements StreamClient {
  private static final String HEAD_END = "\r\n\r\n";
  private final ServerAddress server;
  private final Socket socket;

  RawStream(ServerAddress server) {
    this.server = server;
    try {
      socket =
          new Socket(
              InetAddress.getByName(server.endpoint().getHost()), server.endpoint().getPort());
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new IllegalStateException("no connection to " + server.endpoint(), e);
    }
  }

  @Override
  public Stream open(String key) throws IOException {
    socket.getOutputStream().write(SignedRequest.of(server, "GET", key, Map.of()));
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf(HEAD_END) < 0) { // byte by byte, so that none of the body is taken
      head.append((char) in.read());
    }
    if (head.charAt(9) != '2') {
      throw new IOException(head.toString());
    }
    return new BodyStream(in, true);
  }

  @Override
  public void forget() {}

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
