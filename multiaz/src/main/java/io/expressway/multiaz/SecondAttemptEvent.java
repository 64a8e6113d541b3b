package io.expressway.multiaz;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A read was asked for in another zone, because one was silent or failed. */
@Name("io.expressway.SecondAttempt")
@Label("Second Attempt")
@Category({"Expressway", "Multi-AZ"})
@Description("A read was asked for in another zone, because one was silent or failed")
@StackTrace(false)
final class SecondAttemptEvent extends Event {
  @Label("Key")
  String key = "";

  @Label("From Zone")
  String fromZone = "";

  @Label("To Zone")
  String toZone = "";

  @Label("Waited")
  @Timespan(Timespan.NANOSECONDS)
  long waited;

  @Label("Failure")
  @Description("The failure's class; empty when the zone was silent")
  String failure = "";

  static void commit(String key, Replica from, Replica to, long waitedNanos, String failure) {
    SecondAttemptEvent event = new SecondAttemptEvent();
    if (event.isEnabled()) {
      event.key = key;
      event.fromZone = from.zone();
      event.toZone = to.zone();
      event.waited = waitedNanos;
      event.failure = failure;
      event.commit();
    }
  }
}
