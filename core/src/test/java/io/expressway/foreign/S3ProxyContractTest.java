package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.StandardBucket;
import io.expressway.contract.BucketContract;
import java.util.stream.Stream;

/** Our wire against gaul's s3proxy, which verifies every signature. */
final class S3ProxyContractTest extends BucketContract {
  @Override
  protected Bucket open() throws Exception {
    ForeignServer server = ForeignServer.s3proxy();
    return StandardBucket.open(server.createBucket(), server.credentials(), server.options());
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
