package io.expressway.internal.http;

import io.expressway.ExpressOptions;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards one endpoint: BoringSSL where its library loads, which decrypts straight into the
 * answer's place, else the JDK's, which costs one copy. Host names are always verified, whatever
 * default the JVM was started with (Spark 4.2 switches Netty's off).
 */
final class TlsClient {
  /** A piece on its way to the socket, and one to go on with as soon as it has gone. */
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(BodyPacing.PIECE_BYTES, 2 * BodyPacing.PIECE_BYTES);

  private final Endpoint endpoint;
  private final ExpressOptions options;
  private final SslContext context;

  TlsClient(Endpoint endpoint, ExpressOptions options) {
    this.endpoint = endpoint;
    this.options = options;
    this.context = context(options);
  }

  private static SslContext context(ExpressOptions options) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .endpointIdentificationAlgorithm("HTTPS");
    if (!options.trusted().isEmpty()) {
      builder.trustManager(options.trusted().toArray(new X509Certificate[0]));
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /** Puts TLS before {@code connection} in the channel's pipeline. */
  void install(Channel channel, Connection connection) {
    PlacingAllocator allocator = new PlacingAllocator(channel.alloc(), connection);
    channel.config().setAllocator(allocator);
    SslHandler handler = context.newHandler(allocator, endpoint.host(), endpoint.port());
    handler.setHandshakeTimeoutMillis(options.firstByteTimeout().toMillis());
    handler.setWrapDataSize(BodyPacing.PIECE_BYTES);
    channel.config().setWriteBufferWaterMark(WATER_MARKS);
    RecordStaging staging = connection.staging();
    staging.decryptsInto(allocator);
    channel.pipeline().addLast(staging, handler, connection.pacing());
  }

  /** What a failed handshake means and what to do about it. */
  static String explain(Endpoint endpoint, @Nullable Throwable cause) {
    String said = cause == null ? "" : ": " + rootMessage(cause);
    return "TLS with "
        + endpoint.host()
        + " failed"
        + said
        + "; check that the endpoint's name is one its certificate has, and that its issuer is"
        + " trusted (ExpressOptions.trust)";
  }

  private static String rootMessage(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
