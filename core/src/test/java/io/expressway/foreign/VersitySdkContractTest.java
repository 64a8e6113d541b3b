package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.SdkBucket;
import org.junit.jupiter.api.Tag;

/** The SDK's client against VersityGW. */
@Tag("on-demand")
final class VersitySdkContractTest extends VersityContract {
  @Override
  protected Bucket open() throws Exception {
    return SdkBucket.over(server().client(), server().createBucket());
  }
}
