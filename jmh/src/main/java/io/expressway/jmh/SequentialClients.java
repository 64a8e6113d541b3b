package io.expressway.jmh;

/** The clients that read an object from its beginning, by the names its report uses. */
public enum SequentialClients {
  /** A blocking socket and one GET, nothing else. */
  raw {
    @Override
    StreamClient open(ServerAddress server) {
      return new RawStream(server);
    }
  },
  /** This library's reader as a channel, without a cache. */
  expressway {
    @Override
    StreamClient open(ServerAddress server) {
      return ExpresswayPatterns.plain(server);
    }
  },
  /** The same as an input stream. */
  expresswayStream {
    @Override
    StreamClient open(ServerAddress server) {
      return new ExpresswayStream(server);
    }
  },
  /** The SDK's blocking stream over Apache HttpClient 5. */
  sdkApache {
    @Override
    StreamClient open(ServerAddress server) {
      return SdkStreams.blocking(server, SdkClients.apache(server, SdkClients.OWN_LIMIT));
    }
  },
  /** The SDK's blocking stream over the JDK's URL connection. */
  sdkUrlConnection {
    @Override
    StreamClient open(ServerAddress server) {
      return SdkStreams.blocking(server, SdkClients.urlConnection(server));
    }
  },
  /** The blocking stream of the SDK's asynchronous client over Netty. */
  sdkNetty {
    @Override
    StreamClient open(ServerAddress server) {
      return SdkStreams.asynchronous(
          server, SdkClients.netty(server, SdkClients.OWN_LIMIT).build());
    }
  },
  /** The blocking stream of the S3 client over the AWS Common Runtime. */
  s3Crt {
    @Override
    StreamClient open(ServerAddress server) {
      return SdkStreams.asynchronous(server, SdkClients.crt(server, SdkClients.OWN_LIMIT));
    }
  },
  /** The blocking stream of a download of the transfer manager over that client. */
  transferManager {
    @Override
    StreamClient open(ServerAddress server) {
      return SdkStreams.transferManager(server);
    }
  },
  /** The Analytics Accelerator on the SDK's blocking client. */
  aalSync {
    @Override
    StreamClient open(ServerAddress server) {
      return AalPatterns.sync(server);
    }
  };

  abstract StreamClient open(ServerAddress server);

  /** Whether somebody else wrote it. */
  boolean isPeer() {
    return compareTo(expresswayStream) > 0;
  }
}
