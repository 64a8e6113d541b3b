package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.Sessions;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import java.util.Optional;

/**
 * The bucket an example works in: one of AWS with {@code --bucket NAME --region REGION}, else one
 * of an embedded zone.
 */
final class Place implements AutoCloseable {
  private final Optional<ZonalServer> server;
  private final Sessions sessions;
  private final String name;
  private final ExpressOptions options;
  private final Bucket bucket;

  private Place(
      Optional<ZonalServer> server, Credentials identity, String name, ExpressOptions options) {
    this.server = server;
    this.sessions = Sessions.over(identity);
    this.name = name;
    this.options = options;
    this.bucket = openAgain();
  }

  static Place of(Arguments arguments) {
    return of(arguments, LatencyProfile.none());
  }

  /** An embedded zone answers as late as {@code latency} has it. */
  static Place of(Arguments arguments, LatencyProfile latency) {
    ExpressOptions options =
        arguments
            .get("region")
            .map(ExpressOptions.defaults()::region)
            .orElse(ExpressOptions.defaults());
    return arguments
        .get("bucket")
        .map(name -> new Place(Optional.empty(), Credentials.fromDefaultChain(), name, options))
        .orElseGet(() -> embedded(options, latency));
  }

  private static Place embedded(ExpressOptions options, LatencyProfile latency) {
    ZonalServer server = ZonalServer.builder().zones("usw2-az1").latency(latency).start();
    return new Place(
        Optional.of(server),
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        server.zone("usw2-az1").bucket(),
        options.endpoint(server.zone("usw2-az1").endpoint()));
  }

  Bucket bucket() {
    return bucket;
  }

  /** The same bucket, for a decorator that closes it. */
  Bucket openAgain() {
    return ExpressBucket.open(name, sessions, options);
  }

  @Override
  public void close() {
    bucket.close();
    sessions.close();
    server.ifPresent(ZonalServer::close);
  }
}
