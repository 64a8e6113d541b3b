package io.expressway.jmh;

/** The clients of a comparison of writes, by the names its reports use. */
public enum StoreClients {
  /** Blocking sockets, gathering writes, CRC32C; nothing else. */
  raw {
    @Override
    StoreClient open(ServerAddress server) {
      return new RawStore(server);
    }
  },
  /** This library. */
  expressway {
    @Override
    StoreClient open(ServerAddress server) {
      return new ExpresswayStore(server);
    }
  },
  /** The S3 client over the AWS Common Runtime. */
  s3Crt {
    @Override
    StoreClient open(ServerAddress server) {
      return SdkStore.crt(server);
    }
  },
  /** The SDK's transfer manager over that client, as it is by default. */
  transferManager {
    @Override
    StoreClient open(ServerAddress server) {
      return SdkStore.transferManager(server);
    }
  },
  /** The SDK's own multipart client, over Netty. */
  sdkMultipart {
    @Override
    StoreClient open(ServerAddress server) {
      return SdkStore.multipart(server);
    }
  };

  abstract StoreClient open(ServerAddress server);
}
