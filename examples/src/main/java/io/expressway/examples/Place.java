package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.ZonalServer;
import java.util.Optional;

/**
 * The bucket an example works in: one of AWS with {@code --bucket NAME --region REGION}, else one
 * of an embedded zone.
 */
final class Place implements AutoCloseable {
  private final Optional<ZonalServer> server;
  private final Sessions sessions;
  private final Bucket bucket;

  private Place(Optional<ZonalServer> server, Sessions sessions, Bucket bucket) {
    this.server = server;
    this.sessions = sessions;
    this.bucket = bucket;
  }

  static Place of(Arguments arguments) {
    ExpressOptions options =
        arguments
            .get("region")
            .map(ExpressOptions.defaults()::region)
            .orElse(ExpressOptions.defaults());
    return arguments
        .get("bucket")
        .map(name -> open(Optional.empty(), Credentials.fromDefaultChain(), name, options))
        .orElseGet(() -> embedded(options));
  }

  private static Place embedded(ExpressOptions options) {
    ZonalServer server = ZonalServer.builder().zones("usw2-az1").start();
    return open(
        Optional.of(server),
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        server.zone("usw2-az1").bucket(),
        options.endpoint(server.zone("usw2-az1").endpoint()));
  }

  private static Place open(
      Optional<ZonalServer> server, Credentials identity, String name, ExpressOptions options) {
    Sessions sessions = Sessions.over(identity);
    return new Place(server, sessions, ExpressBucket.open(name, sessions, options));
  }

  Bucket bucket() {
    return bucket;
  }

  @Override
  public void close() {
    bucket.close();
    sessions.close();
    server.ifPresent(ZonalServer::close);
  }
}
