package io.expressway.cache;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One request for bytes that were missing in memory, from sending it to its end. */
@Name("io.expressway.CacheFetch")
@Label("Cache Fetch")
@Category({"Expressway", "Cache"})
@Description("One request for bytes that were missing in memory")
@StackTrace(false)
final class CacheFetchEvent extends Event {
  @Label("Bucket")
  String bucket = "";

  @Label("Key")
  String key = "";

  @Label("Offset")
  long offset;

  @Label("Length")
  @DataAmount
  long length;

  @Label("Gaps")
  @Description("Bytes asked for only because they lay between others")
  @DataAmount
  long gaps;

  @Label("Waiters")
  @Description("Reads that waited for it")
  int waiters;

  @Label("Failure")
  @Description("The failure's class, empty when it succeeded")
  String failure = "";
}
