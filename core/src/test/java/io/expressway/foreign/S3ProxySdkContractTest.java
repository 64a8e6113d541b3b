package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.SdkBucket;
import org.junit.jupiter.api.Tag;

/** The SDK's client against s3proxy: tells the server's ways from our wire's. */
@Tag("on-demand")
final class S3ProxySdkContractTest extends S3ProxyContract {
  @Override
  protected Bucket open() throws Exception {
    return SdkBucket.over(server().client(), server().createBucket());
  }
}
