package io.expressway.session;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One CreateSession with its retries, from the decision to the outcome. */
@Name("io.expressway.CreateSession")
@Label("S3 Express CreateSession")
@Category({"Expressway", "Session"})
@Description("One CreateSession with its retries")
@StackTrace(false)
final class CreateSessionEvent extends Event {
  @Label("Bucket")
  String bucket = "";

  @Label("Mode")
  String mode = "";

  @Label("Refresh")
  @Description("Whether a session was still good meanwhile")
  boolean refresh;

  @Label("Waiters")
  int waiters;

  @Label("Failure")
  @Description("The failure's class, empty when it succeeded")
  String failure = "";
}
