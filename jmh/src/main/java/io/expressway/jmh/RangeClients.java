package io.expressway.jmh;

/** The clients of a comparison, by the names its reports use. */
public enum RangeClients {
  /** A blocking socket, nothing else. */
  raw {
    @Override
    RangeClient open(ServerAddress server) {
      return server.isTls() ? new RawTlsClient(server) : new RawClient(server);
    }
  },
  /** This library. */
  expressway {
    @Override
    RangeClient open(ServerAddress server) {
      return new ExpresswayClient(server);
    }
  },
  /** The SDK's blocking client over Apache HttpClient 5. */
  sdkApache {
    @Override
    RangeClient open(ServerAddress server) {
      return SdkSyncClient.apache(server);
    }
  },
  /** The SDK's blocking client over the JDK's URL connection. */
  sdkUrlConnection {
    @Override
    RangeClient open(ServerAddress server) {
      return SdkSyncClient.urlConnection(server);
    }
  },
  /** The SDK's asynchronous client over Netty. */
  sdkNetty {
    @Override
    RangeClient open(ServerAddress server) {
      return SdkAsyncClient.netty(server);
    }
  },
  /** The S3 client over the AWS Common Runtime. */
  s3Crt {
    @Override
    RangeClient open(ServerAddress server) {
      return SdkAsyncClient.crt(server);
    }
  };

  abstract RangeClient open(ServerAddress server);
}
