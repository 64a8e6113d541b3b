package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.SdkBucket;
import io.expressway.contract.BucketContract;
import java.util.stream.Stream;

/**
 * The SDK's client against gaul's s3proxy, which verifies every signature: tells the server's ways
 * from our wire's.
 */
final class S3ProxySdkContractTest extends BucketContract {
  @Override
  protected Bucket open() throws Exception {
    ForeignServer server = ForeignServer.s3proxy();
    return SdkBucket.over(server.client(), server.createBucket());
  }

  @Override
  protected boolean tellsSizeOfShortObjects() {
    return false;
  }

  /** Its store is a file system, which has its own mind about paths. */
  @Override
  protected boolean takesKey(String key) {
    return Stream.of(key.split("/", -1)).noneMatch(part -> part.matches("\\.{0,2}"));
  }

  /** It ignores conditions on the copy's key. */
  @Override
  protected boolean takesConditionalCopies() {
    return false;
  }
}
