package io.expressway.jmh;

/** The clients of a comparison of small objects, by the names its report uses. */
public enum ObjectClients {
  /** A blocking socket, the CRC32C of what is sent, and nothing else. */
  raw {
    @Override
    ObjectClient open(ServerAddress server) {
      return new RawObjects(server);
    }
  },
  /** This library. */
  expressway {
    @Override
    ObjectClient open(ServerAddress server) {
      return new ExpresswayObjects(server);
    }
  },
  /** The SDK's blocking client over Apache HttpClient 5. */
  sdkApache {
    @Override
    ObjectClient open(ServerAddress server) {
      return new SdkBlockingObjects(server, SdkClients.apache(server, SdkClients.OWN_LIMIT));
    }
  },
  /** The SDK's asynchronous client over Netty. */
  sdkNetty {
    @Override
    ObjectClient open(ServerAddress server) {
      return new SdkAsyncObjects(server, SdkClients.netty(server, SdkClients.OWN_LIMIT).build());
    }
  },
  /** The S3 client over the AWS Common Runtime. */
  s3Crt {
    @Override
    ObjectClient open(ServerAddress server) {
      return new SdkAsyncObjects(server, SdkClients.crt(server, SdkClients.OWN_LIMIT));
    }
  };

  abstract ObjectClient open(ServerAddress server);

  /** Whether somebody else wrote it. */
  boolean isPeer() {
    return compareTo(expressway) > 0;
  }
}
