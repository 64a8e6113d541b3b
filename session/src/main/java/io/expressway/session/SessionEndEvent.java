package io.expressway.session;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A session ended before its time: the service refused it, or it was let go. */
@Name("io.expressway.SessionEnd")
@Label("S3 Express Session End")
@Category({"Expressway", "Session"})
@Description("A session ended before its time: the service refused it, or it was let go")
@StackTrace(false)
final class SessionEndEvent extends Event {
  @Label("Bucket")
  String bucket = "";

  @Label("Mode")
  String mode = "";

  @Label("Why")
  @Description("INVALIDATED by the service, or LET_GO unused or to make room")
  String why = "";

  static void commit(Ledger.Owner owner, String reason) {
    SessionEndEvent event = new SessionEndEvent();
    if (event.isEnabled()) {
      event.bucket = owner.bucket().toString();
      event.mode = owner.mode().headerValue();
      event.why = reason;
      event.commit();
    }
  }
}
