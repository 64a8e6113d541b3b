package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the head of an answer. By hand and not with Netty's encoder: the server also has to send
 * heads that are wrong, and this is the benchmark's hot path.
 */
final class ReplyHead {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private volatile CachedDate cached = new CachedDate(Long.MIN_VALUE, "");

  private record CachedDate(long epochSecond, String text) {}

  /** The head, in a buffer that the caller owns. */
  ByteBuf write(Reply reply, Instant now, ByteBufAllocator allocator) {
    ByteBuf out = allocator.ioBuffer(768);
    ascii(out, "HTTP/1.1 ");
    ascii(out, Integer.toString(reply.status()));
    out.writeByte(' ');
    ascii(out, HttpResponseStatus.valueOf(reply.status()).reasonPhrase());
    ascii(out, "\r\nserver: AmazonS3\r\ndate: ");
    ascii(out, date(now.getEpochSecond() + reply.dateSkewSeconds()));
    header(out, "x-amz-request-id", reply.requestId());
    header(out, "x-amz-id-2", RequestIds.hostId(reply.requestId()));
    for (Map.Entry<String, String> header : reply.headers().entrySet()) {
      header(out, header.getKey(), header.getValue());
    }
    if (reply.contentLength() >= 0) {
      header(out, "content-length", Long.toString(reply.contentLength()));
    }
    if (reply.close()) {
      header(out, "connection", "close");
    }
    ascii(out, "\r\n\r\n");
    return out;
  }

  private String date(long epochSecond) {
    CachedDate last = cached;
    if (last.epochSecond != epochSecond) {
      last = new CachedDate(epochSecond, HTTP_DATE.format(Instant.ofEpochSecond(epochSecond)));
      cached = last;
    }
    return last.text;
  }

  private static void header(ByteBuf out, String name, String value) {
    ascii(out, "\r\n");
    ascii(out, name);
    ascii(out, ": ");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      out.writeByte(c < ' ' || c > 255 ? ' ' : c);
    }
  }

  private static void ascii(ByteBuf out, String text) {
    ByteBufUtil.writeAscii(out, text);
  }
}
