package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.StandardBucket;
import org.junit.jupiter.api.Tag;

/** Our wire against Adobe's S3Mock. */
@Tag("one-jdk")
final class S3MockContractTest extends ForeignContract {
  @Override
  ForeignServer server() throws Exception {
    return ForeignServer.s3mock();
  }

  @Override
  protected Bucket open() throws Exception {
    return StandardBucket.open(server().createBucket(), server().credentials(), server().options());
  }

  @Override
  protected boolean copiesTakeMediaTypes() {
    return false;
  }
}
