package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.StandardBucket;
import org.junit.jupiter.api.Tag;

/** Our wire against s3proxy. */
@Tag("one-jdk")
final class S3ProxyContractTest extends S3ProxyContract {
  @Override
  protected Bucket open() throws Exception {
    return StandardBucket.open(server().createBucket(), server().credentials(), server().options());
  }
}
