package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.StandardBucket;
import io.expressway.contract.BucketContract;

/** Our wire against Adobe's S3Mock. */
final class S3MockContractTest extends BucketContract {
  @Override
  protected Bucket open() throws Exception {
    ForeignServer server = ForeignServer.s3mock();
    return StandardBucket.open(server.createBucket(), server.credentials(), server.options());
  }

  @Override
  protected boolean tellsSizeOfShortObjects() {
    return false;
  }

  /** It ignores conditions on the copy's key. */
  @Override
  protected boolean takesConditionalCopies() {
    return false;
  }

  @Override
  protected boolean copiesTakeMediaTypes() {
    return false;
  }
}
