package io.expressway.testkit.judges;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy on 127.0.0.1 that connects every tunnel to one port of this machine, whatever name
 * was asked for: so a client reaches virtual hosts that no resolver knows. Closing it closes its
 * tunnels and waits for their threads.
 */
final class Tunnel implements AutoCloseable {
  private static final byte[] ESTABLISHED =
      "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(US_ASCII);

  private final int targetPort;
  private final ServerSocket listener;
  private final List<Socket> sockets = new ArrayList<>();
  private final Queue<Thread> threads = new ArrayDeque<>();
  private boolean closed;

  /** Opens a proxy to a port of 127.0.0.1. */
  Tunnel(int targetPort) {
    this.targetPort = targetPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a proxy", e);
    }
    start("accept", this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = keep(listener.accept());
      start("connect", () -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException {
    skipHead(client.getInputStream());
    Socket server = keep(new Socket(InetAddress.getLoopbackAddress(), targetPort));
    client.getOutputStream().write(ESTABLISHED);
    start("down", () -> pump(server, client));
    pump(client, server);
  }

  /** Reads up to the empty line, and not a byte of what follows. */
  private static void skipHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("the connection ended within the head of its CONNECT request");
      }
      matched = read == "\r\n\r\n".charAt(matched) ? matched + 1 : read == '\r' ? 1 : 0;
    }
  }

  private static void pump(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    }
  }

  private synchronized Socket keep(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    if (closed) {
      socket.close();
    }
    return socket;
  }

  private synchronized void start(String name, Work work) {
    Thread thread = new Thread(() -> run(work), "tunnel-" + name);
    threads.add(thread);
    thread.start();
  }

  /** A thread of the tunnel ends when a socket does; the client and the server see that too. */
  private static void run(Work work) {
    try {
      work.run();
    } catch (IOException ended) {
      // nothing to tell: both ends of the tunnel are closed
    }
  }

  @Override
  public void close() {
    closeSockets();
    for (Thread thread = next(); thread != null; thread = next()) {
      join(thread);
    }
  }

  /** A thread may start another before it ends, which then comes after it. */
  private synchronized @Nullable Thread next() {
    return threads.poll();
  }

  private synchronized void closeSockets() {
    closed = true;
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close a socket of the proxy", e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Work {
    void run() throws IOException;
  }
}
