package io.expressway.internal.http;

import io.expressway.ExpressException;
import io.expressway.RequestSite;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A request is about to be sent again. */
@Name("io.expressway.Retry")
@Label("S3 Express Retry")
@Category({"Expressway", "Wire"})
@Description("A request is about to be sent again, after a delay")
@StackTrace(false)
final class RetryEvent extends Event {
  @Label("Bucket")
  String bucket = "";

  @Label("Operation")
  String operation = "";

  @Label("Failure")
  @Description("The class of the failure that ended the attempt")
  String failure = "";

  @Label("Delay")
  @Timespan(Timespan.NANOSECONDS)
  long delay;

  static void commit(RequestSite site, ExpressException failure, long delayNanos) {
    RetryEvent event = new RetryEvent();
    if (event.isEnabled()) {
      event.bucket = site.bucket() == null ? "" : site.bucket();
      event.operation = site.operation() == null ? "" : site.operation().apiName();
      event.failure = failure.getClass().getSimpleName();
      event.delay = delayNanos;
      event.commit();
    }
  }
}
