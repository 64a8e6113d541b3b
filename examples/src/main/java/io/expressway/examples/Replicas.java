package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.ZonalServer;
import java.util.ArrayList;
import java.util.List;

/** A bucket in each of three embedded zones, opened as one. */
final class Replicas implements AutoCloseable {
  private final ZonalServer server;
  private final Sessions sessions;
  private final MultiAzBucket bucket;

  private Replicas(ZonalServer server, Sessions sessions, MultiAzBucket bucket) {
    this.server = server;
    this.sessions = sessions;
    this.bucket = bucket;
  }

  /** Opens the buckets {@code name} of the server's zones, which closes with them. */
  static Replicas in(ZonalServer server, String name, MultiAzOptions options) {
    Sessions sessions =
        Sessions.over(Credentials.of(server.accessKeyId(), server.secretAccessKey()));
    List<Bucket> buckets = new ArrayList<>();
    for (var zone : server.zones()) {
      String full = name + "--" + zone.id() + "--x-s3";
      ExpressOptions at = ExpressOptions.defaults().endpoint(zone.endpoint());
      buckets.add(ExpressBucket.open(full, sessions, at));
    }
    return new Replicas(server, sessions, MultiAzBucket.of(options, buckets));
  }

  MultiAzBucket bucket() {
    return bucket;
  }

  ZonalServer server() {
    return server;
  }

  @Override
  public void close() {
    bucket.close();
    sessions.close();
    server.close();
  }
}
