package io.expressway.testkit;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Falsifies an answer the way a fault says. */
final class FaultyReply {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(.+)");

  Reply under(Fault fault, Reply reply) {
    return switch (fault.kind()) {
      case ERROR_IN_BODY -> reply.withStatus(200);
      case WRONG_CONTENT_RANGE -> wrongContentRange(reply);
      case WRONG_CONTENT_LENGTH -> wrongContentLength(reply, fault.amount());
      case WRONG_CHECKSUM -> wrongChecksum(reply);
      case WRONG_ETAG -> wrongETag(reply);
      case CORRUPT_BODY -> corrupt(reply);
      case SKEWED_DATE -> reply.withDateSkew(fault.duration().toSeconds());
      case CONNECTION_CLOSE -> reply.closing();
      default -> reply;
    };
  }

  private static Reply wrongContentLength(Reply reply, long delta) {
    return reply.contentLength() < 0
        ? reply
        : reply.withContentLength(Math.max(0, reply.contentLength() + delta));
  }

  private static Reply wrongETag(Reply reply) {
    return reply.headers().containsKey("etag")
        ? withHeader(reply, "etag", "\"00000000000000000000000000000000\"")
        : reply;
  }

  private static Reply wrongContentRange(Reply reply) {
    Matcher range = CONTENT_RANGE.matcher(reply.headers().getOrDefault("content-range", ""));
    if (!range.matches()) {
      return reply;
    }
    long from = Long.parseLong(range.group(1)) + 1;
    long to = Long.parseLong(range.group(2)) + 1;
    return withHeader(reply, "content-range", "bytes " + from + "-" + to + "/" + range.group(3));
  }

  private static Reply wrongChecksum(Reply reply) {
    Map<String, String> headers = new LinkedHashMap<>(reply.headers());
    headers.replaceAll(
        (name, value) ->
            name.startsWith("x-amz-checksum-") && !name.equals("x-amz-checksum-type")
                ? otherChecksum(value)
                : value);
    return reply.withHeaders(headers);
  }

  /** Changes the first Base64 digit, so that the length stays right. */
  private static String otherChecksum(String value) {
    return (value.startsWith("A") ? "B" : "A") + value.substring(1);
  }

  private static Reply corrupt(Reply reply) {
    ByteBuffer body = reply.body();
    if (body == null || !body.hasRemaining()) {
      return reply;
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(body.remaining()).put(body.duplicate()).flip();
    int middle = copy.limit() / 2;
    copy.put(middle, (byte) (copy.get(middle) ^ 0x01));
    return reply.withBody(copy);
  }

  private static Reply withHeader(Reply reply, String name, String value) {
    Map<String, String> headers = new LinkedHashMap<>(reply.headers());
    headers.put(name, value);
    return reply.withHeaders(headers);
  }
}
