package io.expressway.jmh;

import io.expressway.AccessKey;
import io.expressway.internal.sign.RequestWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A socket that its caller drives, without an event loop between them, and each request signed as
 * this library signs it. It has no deadline, repeats nothing, checks nothing but the status and
 * lends nothing: what a client without an event loop would take at least.
 */
final class CallerDrivenClient extends BlockingClient {
  private final RawConnections connections;
  private final ThreadLocal<Signer> signers;

  CallerDrivenClient(ServerAddress server) {
    connections = new RawConnections(server);
    signers = ThreadLocal.withInitial(() -> new Signer(server));
  }

  @Override
  public long read(int length) throws IOException {
    return connections.exchange(signers.get().head(length), RawConnections.NOTHING, length);
  }

  @Override
  public void close() throws IOException {
    super.close();
    connections.close();
  }

  /** Of one thread. */
  private static final class Signer {
    private final RequestWriter writer;
    private final ByteBuf head = Unpooled.buffer(4096);
    private final byte[] host;
    private final String bucket;
    private final AccessKey key;

    Signer(ServerAddress server) {
      writer = new RequestWriter(server.region(), "s3express");
      host = server.endpoint().getAuthority().getBytes(StandardCharsets.US_ASCII);
      bucket = "/" + server.bucket() + "/";
      key = AccessKey.of(server.accessKeyId(), server.secretAccessKey());
    }

    byte[] head(int length) {
      head.clear();
      writer.begin("GET", bucket, ServerAddress.KEY, "").host(host).range(0, length - 1);
      writer.unsignedPayload();
      writer.date(TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()));
      writer.token(key).finish(key, head);
      return ByteBufUtil.getBytes(head);
    }
  }
}
