package io.expressway.internal.http;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A connection was opened, or could not be. */
@Name("io.expressway.Connect")
@Label("S3 Express Connect")
@Category({"Expressway", "Wire"})
@Description("A connection was opened, TLS included, or could not be")
@StackTrace(false)
final class ConnectEvent extends Event {
  @Label("Bucket")
  String bucket = "";

  @Label("Host")
  String host = "";

  @Label("TLS")
  boolean tls;

  @Label("Failure")
  @Description("What went wrong; empty when it opened")
  String failure = "";

  void commit(Wire wire, String problem) {
    end();
    if (shouldCommit()) {
      bucket = wire.bucket().toString();
      host = wire.endpoint().host();
      tls = wire.endpoint().tls();
      failure = problem;
      commit();
    }
  }
}
