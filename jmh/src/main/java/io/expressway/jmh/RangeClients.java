package io.expressway.jmh;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The clients of a comparison, by the names its reports use. */
public enum RangeClients {
  /** A blocking socket, nothing else. */
  raw {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return server.isTls() ? new RawTlsClient(server) : new RawClient(server);
    }
  },
  /** A socket that its caller drives, and whose requests are signed: no event loop. */
  callerDriven {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      if (server.isTls()) {
        throw new IllegalArgumentException("callerDriven knows no TLS: -p tls=false");
      }
      return new CallerDrivenClient(server);
    }
  },
  /** This library. */
  expressway {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new ExpresswayClient(server, connections);
    }
  },
  /** This library without BoringSSL: for a process in which nobody else uses Netty's TLS. */
  expresswayJdkTls {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return ExpresswayClient.overJdkTls(server, connections);
    }
  },
  /** This library without Netty's native transport. */
  expresswayNio {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return ExpresswayClient.overNio(server, connections);
    }
  },
  /** Netty and nothing else, by epoll. */
  nettyEpoll {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new NettyClient(server, NettyClient.Transport.EPOLL);
    }
  },
  /** The same, by the JDK's selectors. */
  nettyNio {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new NettyClient(server, NettyClient.Transport.NIO);
    }
  },
  /** The same, by io_uring. */
  nettyIoUring {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new NettyClient(server, NettyClient.Transport.IO_URING);
    }
  },
  /** The SDK's blocking client over Apache HttpClient 5. */
  sdkApache {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new SdkSyncClient(server, SdkClients.apache(server, connections));
    }
  },
  /** The SDK's blocking client over the JDK's URL connection. */
  sdkUrlConnection {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new SdkSyncClient(server, SdkClients.urlConnection(server));
    }
  },
  /** The SDK's asynchronous client over Netty. */
  sdkNetty {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new SdkAsyncClient(server, SdkClients.netty(server, connections).build());
    }
  },
  /** The S3 client over the AWS Common Runtime. */
  s3Crt {
    @Override
    RangeClient open(ServerAddress server, int connections) {
      return new SdkAsyncClient(server, SdkClients.crt(server, connections));
    }
  };

  /**
   * Opens it.
   *
   * @param connections the most that it may open; {@link SdkClients#OWN_LIMIT} for its default
   */
  abstract RangeClient open(ServerAddress server, int connections);

  /** Opens it with its own limit of connections. */
  RangeClient open(ServerAddress server) {
    return open(server, SdkClients.OWN_LIMIT);
  }

  private static final Set<RangeClients> PEERS =
      EnumSet.of(sdkApache, sdkUrlConnection, sdkNetty, s3Crt);

  /** Whether somebody else wrote it. */
  boolean isPeer() {
    return PEERS.contains(this);
  }

  /** Those that others wrote. */
  static List<String> peers() {
    return Arrays.stream(values()).filter(RangeClients::isPeer).map(RangeClients::name).toList();
  }

  /** Those that a comparison has unless it is told otherwise. */
  static List<RangeClients> usual() {
    return Arrays.stream(values())
        .filter(each -> each == raw || each == expressway || each.isPeer())
        .toList();
  }
}
