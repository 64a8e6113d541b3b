package io.expressway.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection to a zone, driven byte by byte, signed with the owner's IAM credentials. It
 * shows what an HTTP client hides: where an answer was cut, and whether by a FIN or a RST. Confined
 * to one thread. Reads fail after a minute: a hang fails the test and does not hold the build.
 */
final class RawClient implements AutoCloseable {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int GUARD_MILLIS = 60_000;

  private final ZonalServer server;
  private final Zone zone;
  private final Socket socket;
  private final InputStream in;

  /** The end of a connection as its peer sees it. */
  enum End {
    FIN,
    RST
  }

  /**
   * A head and as much of its body as arrived.
   *
   * @param status the HTTP status
   * @param headers with lower-case names
   * @param body the bytes after the head, as ISO 8859-1
   * @param end how the connection ended, when it was read to its end
   */
  record Answer(int status, Map<String, String> headers, String body, @Nullable End end) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private RawClient(ZonalServer server, Zone zone) throws IOException {
    this.server = server;
    this.zone = zone;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), zone.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(GUARD_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  static RawClient connect(ZonalServer server, Zone zone) throws IOException {
    return new RawClient(server, zone);
  }

  static RawClient connect(ZonalServer server) throws IOException {
    return connect(server, server.zones().get(0));
  }

  /** Sends one signed request for a key of the zone's first bucket. */
  RawClient send(String method, String key, byte[] body, String... headers) throws IOException {
    return sendTo(method, "/" + zone.bucket() + "/" + key, "", body, headers);
  }

  RawClient get(String key, String... headers) throws IOException {
    return send("GET", key, new byte[0], headers);
  }

  /**
   * Sends one signed request.
   *
   * @param query in canonical form, such as {@code session=}
   * @param headers names and values in turn; not signed
   */
  RawClient sendTo(String method, String path, String query, byte[] body, String... headers)
      throws IOException {
    Map<String, String> signed = new LinkedHashMap<>();
    signed.put("host", "127.0.0.1:" + zone.port());
    signed.put("x-amz-content-sha256", HexFormat.of().formatHex(sha256(body)));
    signed.put("x-amz-date", STAMP.format(InstantSource.system().instant()));
    for (int i = 0; i < headers.length; i += 2) {
      if (headers[i].startsWith("x-amz-")) {
        signed.put(headers[i], headers[i + 1]);
      }
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path);
    head.append(query.isEmpty() ? "" : "?" + query).append(" HTTP/1.1\r\n");
    signed.forEach((name, value) -> line(head, name, value));
    line(head, "authorization", authorization(method, path, query, signed));
    for (int i = 0; i < headers.length; i += 2) {
      if (!headers[i].startsWith("x-amz-")) {
        line(head, headers[i], headers[i + 1]);
      }
    }
    if (body.length > 0 || method.equals("PUT")) {
      line(head, "content-length", Integer.toString(body.length));
    }
    head.append("\r\n");
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    message.writeBytes(body);
    socket.getOutputStream().write(message.toByteArray());
    return this;
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  /** AWS Signature Version 4 in headers, service {@code s3express}. */
  private String authorization(
      String method, String path, String query, Map<String, String> headers) {
    Map<String, String> sorted = new TreeMap<>(headers);
    String names = String.join(";", sorted.keySet());
    String canonical =
        method
            + "\n"
            + path
            + "\n"
            + query
            + "\n"
            + sorted.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining())
            + "\n"
            + names
            + "\n"
            + headers.get("x-amz-content-sha256");
    String stamp = String.valueOf(headers.get("x-amz-date"));
    String scope = stamp.substring(0, 8) + "/" + server.region() + "/s3express/aws4_request";
    String hash = HexFormat.of().formatHex(sha256(canonical.getBytes(StandardCharsets.UTF_8)));
    byte[] key = ("AWS4" + server.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    byte[] signature = hmac(key, "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hash);
    return String.format(
        Locale.ROOT,
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
        server.accessKeyId(),
        scope,
        names,
        HexFormat.of().formatHex(signature));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads a whole answer by its Content-Length; the connection stays usable. */
  Answer read() throws IOException {
    Answer head = readHead();
    int length = Integer.parseInt(head.headers.getOrDefault("content-length", "0"));
    return new Answer(head.status, head.headers, latin1(in.readNBytes(length)), null);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Reads a head and leaves the body in the socket. */
  Answer readHead() throws IOException {
    String[] lines = headText().split("\r\n", -1);
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 2));
    }
    return new Answer(Integer.parseInt(lines[0].substring(9, 12)), headers, "", null);
  }

  private String headText() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the connection ended in the head: '" + head + "'");
      }
      head.append((char) c);
    }
    return head.substring(0, head.length() - 4);
  }

  /** Reads exactly this many bytes, fewer when the connection ends before. */
  String bytes(int count) throws IOException {
    return latin1(in.readNBytes(count));
  }

  /** Reads a head and then everything up to the end of the connection. */
  Answer readToEnd() throws IOException {
    Answer head = readHead();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    End end = drain(body);
    return new Answer(head.status, head.headers, latin1(body.toByteArray()), end);
  }

  /** Waits for the end of a connection that sends nothing. */
  End end() throws IOException {
    ByteArrayOutputStream nothing = new ByteArrayOutputStream();
    End end = drain(nothing);
    if (nothing.size() > 0) {
      throw new IOException("expected no byte, got " + nothing.toString(StandardCharsets.UTF_8));
    }
    return end;
  }

  private End drain(ByteArrayOutputStream into) throws IOException {
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        into.write(b);
      }
      return End.FIN;
    } catch (SocketException e) {
      return End.RST;
    }
  }

  /** Bytes that have arrived and were not read. */
  int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
