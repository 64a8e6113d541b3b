package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.StandardBucket;
import org.junit.jupiter.api.Tag;

/** Our wire against VersityGW. */
@Tag("on-demand")
final class VersityContractTest extends VersityContract {
  @Override
  protected Bucket open() throws Exception {
    return StandardBucket.open(server().createBucket(), server().credentials(), server().options());
  }
}
