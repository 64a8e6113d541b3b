package io.expressway.multiaz;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A zone went down or came back, as one set of replicas sees it. */
@Name("io.expressway.Zone")
@Label("Zone")
@Category({"Expressway", "Multi-AZ"})
@Description("A zone went down or came back")
@StackTrace(false)
final class ZoneEvent extends Event {
  @Label("Zone")
  String zone = "";

  @Label("Bucket")
  String bucket = "";

  @Label("Up")
  boolean up;

  @Label("Why")
  @Description("What went wrong, when it went down")
  String why = "";

  static void commit(Replica replica, boolean up) {
    ZoneEvent event = new ZoneEvent();
    if (event.isEnabled()) {
      event.zone = replica.zone();
      event.bucket = replica.bucket().name().toString();
      event.up = up;
      event.why = up ? "" : replica.why();
      event.commit();
    }
  }
}
