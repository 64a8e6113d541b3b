package io.expressway.internal.http;

import io.expressway.ByteRange;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** One request on the wire, from sending it to the last byte of its answer. */
@Name("io.expressway.Request")
@Label("S3 Express Request")
@Category({"Expressway", "Wire"})
@Description("One request on the wire, from sending it to the last byte of its answer")
@StackTrace(false)
final class RequestEvent extends Event {
  /** Asked whether events are wanted: making one for each request would not be free. */
  private static final RequestEvent PROBE = new RequestEvent();

  @Label("Bucket")
  String bucket = "";

  @Label("Operation")
  String operation = "";

  @Label("Key")
  @Nullable String key;

  @Label("Offset")
  @Description("The first byte asked for; below 0 it counts from the object's end")
  long offset;

  @Label("Length")
  @Description("Bytes asked for; -1 for all from the offset on, and where no bytes are asked for")
  long length;

  @Label("Status")
  @Description("The HTTP status; 0 when no complete answer came")
  int status;

  @Label("Sent")
  @DataAmount
  long sentBytes;

  @Label("Received")
  @DataAmount
  long receivedBytes;

  /** A begun event when requests are recorded, else null. */
  static @Nullable RequestEvent beginIfRecorded() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    RequestEvent event = new RequestEvent();
    event.begin();
    return event;
  }

  void commit(Exchange exchange, int answered, long sent, long received) {
    end();
    if (shouldCommit()) {
      bucket = exchange.wire().bucket().toString();
      operation = exchange.operation().apiName();
      key = exchange.key();
      ByteRange asked = exchange.range();
      boolean isSuffix = asked != null && asked.isSuffix();
      offset = asked == null ? 0 : isSuffix ? -asked.length() : asked.offset();
      length = asked == null ? -1 : asked.length();
      status = answered;
      sentBytes = sent;
      receivedBytes = received;
      commit();
    }
  }
}
