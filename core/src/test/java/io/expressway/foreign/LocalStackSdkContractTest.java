package io.expressway.foreign;

import io.expressway.Bucket;
import io.expressway.SdkBucket;
import org.junit.jupiter.api.Tag;

/** The SDK's client against LocalStack. */
@Tag("on-demand")
final class LocalStackSdkContractTest extends LocalStackContract {
  @Override
  protected Bucket open() throws Exception {
    return SdkBucket.over(server().client(), server().createBucket());
  }
}
