package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The floor: blocking sockets, one thread each, that send a head and the bytes with one gathering
 * write, and the CRC32C of every part. Nothing is checked, kept or sent again; no client does less.
 */
final class RawStore implements StoreClient {
  private static final int HEAD_BYTES = 8192;
  private static final int PART_BYTES = 8 << 20;
  private static final int CONNECTIONS = 8;
  private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");
  private static final Pattern ETAG = Pattern.compile("(?i)\\r\\netag: *(\\S+)");
  private static final Pattern LENGTH = Pattern.compile("(?i)\\r\\ncontent-length: *(\\d+)");

  private final ServerAddress server;
  private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
  private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
  private final Map<Integer, byte[]> puts = new TreeMap<>();

  RawStore(ServerAddress server) {
    if (server.isTls()) {
      throw new IllegalArgumentException("the floor of writes is plain");
    }
    this.server = server;
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        idle.add(new Connection(server));
      }
    } catch (IOException e) {
      throw new IllegalStateException("no connection to " + server.endpoint(), e);
    }
  }

  /** What is read once, to be sent: its own thread's memory. */
  private interface Source {
    ByteBuffer part(int index, ByteBuffer room) throws IOException;
  }

  @Override
  public void put(ByteBuffer bytes) throws Exception {
    String crc = crc(bytes); // the floor sums, but signs each size once: the bytes do not change
    byte[] head =
        puts.computeIfAbsent(bytes.remaining(), n -> head("PUT", MultipartWrite.KEY, n, crc));
    Connection connection = idle.take();
    connection.exchange(head, bytes);
    idle.add(connection);
  }

  private byte[] head(String method, String target, int length, @Nullable String crc) {
    return head(server, method, target, length, crc);
  }

  static byte[] head(
      ServerAddress server, String method, String target, int length, @Nullable String crc) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Content-Length", Integer.toString(length));
    if (crc != null) {
      headers.put("x-amz-checksum-crc32c", crc);
    }
    return SignedRequest.of(server, method, target, headers);
  }

  static String crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  @Override
  public void fromMemory(ByteBuffer bytes) throws Exception {
    store(
        bytes.remaining() / PART_BYTES,
        (index, room) -> bytes.slice(index * PART_BYTES, PART_BYTES));
  }

  @Override
  public void fromStream(byte[] array, long size) throws Exception {
    store(
        (int) (size / PART_BYTES),
        (index, room) -> {
          room.clear();
          while (room.hasRemaining()) {
            room.put(array);
          }
          return room.flip();
        });
  }

  @Override
  public void fromFile(Path file) throws Exception {
    try (FileChannel channel = FileChannel.open(file)) {
      store(
          (int) (channel.size() / PART_BYTES),
          (index, room) -> {
            room.clear();
            while (room.hasRemaining()) {
              channel.read(room, (long) index * PART_BYTES + room.position());
            }
            return room.flip();
          });
    }
  }

  private void store(int parts, Source source) throws Exception {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    Connection first = idle.take();
    String begun =
        first.exchange(
            SignedRequest.of(
                server,
                "POST",
                MultipartWrite.KEY + "?uploads=",
                Map.of("Content-Length", "0", "x-amz-checksum-algorithm", "CRC32C")),
            nothing);
    idle.add(first);
    String id = found(UPLOAD_ID, begun);
    List<Future<String>> sent = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int index = i;
      Callable<String> send = () -> send(id, index, source);
      sent.add(threads.submit(send));
    }
    StringBuilder all = new StringBuilder("<CompleteMultipartUpload>");
    for (Future<String> part : sent) {
      all.append(part.get());
    }
    byte[] document =
        all.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.US_ASCII);
    String target = MultipartWrite.KEY + "?uploadId=" + id;
    Connection last = idle.take();
    last.exchange(head("POST", target, document.length, null), ByteBuffer.wrap(document));
    idle.add(last);
  }

  private String send(String id, int index, Source source) throws Exception {
    Connection connection = idle.take();
    ByteBuffer part = source.part(index, connection.room);
    String crc = crc(part);
    String target = MultipartWrite.KEY + "?partNumber=" + (index + 1) + "&uploadId=" + id;
    String answer = connection.exchange(head("PUT", target, part.remaining(), crc), part);
    idle.add(connection);
    return "<Part><ChecksumCRC32C>"
        + crc
        + "</ChecksumCRC32C><ETag>"
        + found(ETAG, answer)
        + "</ETag><PartNumber>"
        + (index + 1)
        + "</PartNumber></Part>";
  }

  private static String found(Pattern pattern, String answer) throws IOException {
    Matcher matcher = pattern.matcher(answer);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in " + answer);
    }
    return matcher.group(1);
  }

  @Override
  public void close() throws IOException {
    threads.shutdown();
    for (Connection connection : idle) {
      connection.socket.close();
    }
  }

  private static final class Connection {
    private final SocketChannel socket;
    private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(HEAD_BYTES);
    private final ByteBuffer room = ByteBuffer.allocateDirect(PART_BYTES);

    Connection(ServerAddress server) throws IOException {
      socket =
          SocketChannel.open(
              new InetSocketAddress(server.endpoint().getHost(), server.endpoint().getPort()));
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** The whole answer to a request, which must be a success. */
    String exchange(byte[] request, ByteBuffer body) throws IOException {
      ByteBuffer[] message = {head.clear().put(request).flip(), body.duplicate()};
      while (message[0].hasRemaining() || message[1].hasRemaining()) {
        socket.write(message);
      }
      answer.clear();
      String text = "";
      while (!isWhole(text)) {
        if (socket.read(answer) < 0) {
          throw new EOFException("the server closed the connection");
        }
        text = StandardCharsets.US_ASCII.decode(answer.duplicate().flip()).toString();
      }
      if (text.charAt(9) != '2') {
        throw new IOException(text);
      }
      return text;
    }

    private static boolean isWhole(String text) {
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      Matcher length = LENGTH.matcher(text);
      return text.length() >= end + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    }
  }
}
