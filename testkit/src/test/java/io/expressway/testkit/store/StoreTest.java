package io.expressway.testkit.store;

import static io.expressway.testkit.store.Call.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A store with one empty bucket. */
abstract class StoreTest {
  final ObjectStore store =
      new ObjectStore(
          "us-west-2", List.of("usw2-az1", "usw2-az3"), "usw2-az1", InstantSource.fixed(NOW), 42);

  StoreTest() {
    store.createBucket(Call.BUCKET);
  }

  /** Demands a refusal of this status and code, and returns it. */
  static S3Error refused(int status, String code, ThrowingCallable call) {
    S3Error error = catchThrowableOfType(S3Error.class, call);
    assertThat(error).as("a refusal").isNotNull();
    assertThat(error.status() + " " + error.code()).isEqualTo(status + " " + code);
    return error;
  }
}
