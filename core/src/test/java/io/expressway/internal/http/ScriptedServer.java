package io.expressway.internal.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on blocking sockets, with nothing of the client in it, that answers each request as the
 * next script says, or as the standing one when no script is left. Checks no signatures.
 */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final boolean tls;
  private final ConcurrentLinkedQueue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Script standing;

  /** Answers one request. */
  interface Script {
    void answer(Request request, Reply reply) throws IOException, InterruptedException;
  }

  /** One request as it came. */
  record Request(String line, Map<String, String> headers, ByteBuffer body, int connection) {
    String range() {
      return headers.getOrDefault("range", "");
    }

    long first() {
      return Long.parseLong(range().substring(6, range().indexOf('-')));
    }

    long last() {
      return Long.parseLong(range().substring(range().indexOf('-') + 1));
    }
  }

  ScriptedServer(Script standing) {
    this(standing, null);
  }

  ScriptedServer(Script standing, @Nullable TestCertificate certificate) {
    this.standing = standing;
    this.tls = certificate != null;
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      this.listener =
          certificate == null
              ? new ServerSocket(0, 100, loopback)
              : certificate
                  .serverContext()
                  .getServerSocketFactory()
                  .createServerSocket(0, 100, loopback);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI endpoint() {
    return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + listener.getLocalPort());
  }

  URI hostEndpoint() {
    return URI.create((tls ? "https" : "http") + "://localhost:" + listener.getLocalPort());
  }

  /** The next request gets this answer. */
  void next(Script script) {
    scripts.add(script);
  }

  void always(Script script) {
    standing = script;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        int number = connections.incrementAndGet();
        daemon(() -> serve(socket, number));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Request request = read(in, number);
        if (request == null) {
          return;
        }
        requests.add(request);
        Script script = scripts.poll();
        Reply reply = new Reply(socket, closed);
        (script == null ? standing : script).answer(request, reply);
        if (reply.ended) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away, as tests make it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Request read(InputStream in, int number) throws IOException {
    String line = readLine(in);
    if (line == null) {
      return null;
    }
    Map<String, String> headers = new HashMap<>();
    for (String header = readLine(in); header != null && !header.isEmpty(); header = readLine(in)) {
      int colon = header.indexOf(':');
      headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Request(line, headers, ByteBuffer.wrap(body), number);
  }

  private static @Nullable String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  /** Writes an answer, as badly as a test wants it. */
  static final class Reply {
    private final Socket socket;
    private final OutputStream out;
    private final CountDownLatch serverClosed;
    private boolean ended;

    Reply(Socket socket, CountDownLatch serverClosed) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
      this.serverClosed = serverClosed;
    }

    void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count);
      out.flush();
    }

    void write(byte[] bytes) throws IOException {
      write(bytes, 0, bytes.length);
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Ends the connection in order. */
    void finish() throws IOException {
      ended = true;
      socket.close();
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
      ended = true;
      if (!(socket instanceof javax.net.ssl.SSLSocket)) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    }

    /** Says nothing more until the server is closed. */
    void stall() throws InterruptedException {
      serverClosed.await();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    for (Socket socket : List.copyOf(sockets)) {
      socket.close();
    }
  }
}
