package io.expressway.jmh;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The floor: a blocking socket that sends a ready-made request and receives into memory of its own.
 * It signs nothing, checks nothing and keeps nothing; no client does less.
 */
final class RawClient extends BlockingClient {
  private final ServerAddress server;
  private final RawConnections connections;
  private final Map<Integer, byte[]> requests = new ConcurrentHashMap<>();

  RawClient(ServerAddress server) {
    this.server = server;
    this.connections = new RawConnections(server);
  }

  @Override
  public long read(int length) throws IOException {
    byte[] request = requests.computeIfAbsent(length, n -> SignedRequest.of(server, n));
    return connections.exchange(request, RawConnections.NOTHING, length);
  }

  @Override
  public void close() throws IOException {
    super.close();
    connections.close();
  }
}
