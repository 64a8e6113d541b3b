package io.expressway.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** One object and the answers a sound service gives about it, whole or up to some byte. */
final class ScriptedObject {
  private final byte[] content;
  private final String etag;

  ScriptedObject(int size, long seed) {
    content = new byte[size];
    new Random(seed).nextBytes(content);
    etag = "\"etag" + seed + "\"";
  }

  byte[] content() {
    return content;
  }

  String etag() {
    return etag;
  }

  byte[] bytes(long from, int count) {
    return Arrays.copyOfRange(content, (int) from, (int) from + count);
  }

  boolean matches(ByteBuffer bytes, long from) {
    return bytes.equals(ByteBuffer.wrap(content, (int) from, bytes.remaining()));
  }

  /** The head of a sound answer to a ranged read. */
  String head(ScriptedServer.Request request) {
    long length = request.last() - request.first() + 1;
    return head(
        "206 Partial Content",
        "Content-Range: bytes " + request.first() + "-" + request.last() + "/" + content.length,
        length);
  }

  String head(String status, String headers, long length) {
    return "HTTP/1.1 "
        + status
        + "\r\nDate: Mon, 23 Nov 2026 09:00:00 GMT\r\nETag: "
        + etag
        + "\r\nLast-Modified: Mon, 23 Nov 2026 08:00:00 GMT\r\nx-amz-request-id: 0123abcd\r\n"
        + (headers.isEmpty() ? "" : headers + "\r\n")
        + (length < 0 ? "" : "Content-Length: " + length + "\r\n")
        + "\r\n";
  }

  /** Answers a ranged read in full, head and body in one piece. */
  void answer(ScriptedServer.Request request, ScriptedServer.Reply reply) throws IOException {
    if (request.line().startsWith("HEAD ")) {
      reply.write(head("200 OK", "", content.length));
      return;
    }
    byte[] head = head(request).getBytes(StandardCharsets.ISO_8859_1);
    int length = (int) (request.last() - request.first() + 1);
    byte[] all = Arrays.copyOf(head, head.length + length);
    System.arraycopy(content, (int) request.first(), all, head.length, length);
    reply.write(all);
  }

  /** Head and the first {@code count} bytes of the body; what comes then is the test's. */
  void begin(ScriptedServer.Request request, ScriptedServer.Reply reply, int count)
      throws IOException {
    reply.write(head(request));
    reply.write(content, (int) request.first(), count);
  }
}
