package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The floor: blocking sockets, ready-made requests, the CRC32C of what is sent. It signs nothing
 * anew and checks nothing of what it fetches; no client does less.
 */
final class RawObjects extends BlockingObjects {
  private final ServerAddress server;
  private final RawConnections connections;
  private final Map<Integer, byte[]> puts = new ConcurrentHashMap<>();
  private final byte[] get;

  /** What was stored last. */
  private volatile int length;

  RawObjects(ServerAddress server) {
    this.server = server;
    this.connections = new RawConnections(server);
    this.get = SignedRequest.of(server, "GET", KEY, Map.of());
  }

  @Override
  public void put(ByteBuffer bytes) throws IOException {
    String crc = RawStore.crc(bytes); // summed each time, signed once: the bytes do not change
    byte[] head =
        puts.computeIfAbsent(bytes.remaining(), n -> RawStore.head(server, "PUT", KEY, n, crc));
    long unused = connections.exchange(head, bytes, 0);
    length = bytes.remaining();
  }

  @Override
  public long get() throws IOException {
    return connections.exchange(get, RawConnections.NOTHING, length);
  }

  @Override
  public void close() throws IOException {
    super.close();
    connections.close();
  }
}
