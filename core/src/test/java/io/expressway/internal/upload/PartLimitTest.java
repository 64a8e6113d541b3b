package io.expressway.internal.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.BucketName;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.UploadOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Objects of unknown size that turn out to be larger than 10,000 parts. */
final class PartLimitTest {
  private static final int PART = 10;

  /** A service that takes every part at once. */
  private static final class Willing implements UploadCalls {
    final AtomicInteger parts = new AtomicInteger();
    final AtomicInteger aborts = new AtomicInteger();

    @Override
    public CompletableFuture<String> begin() {
      return CompletableFuture.completedFuture("upload");
    }

    @Override
    public CompletableFuture<String> send(String id, int number, PartBody body) {
      body.end().run();
      return CompletableFuture.completedFuture("\"" + parts.incrementAndGet() + "\"");
    }

    @Override
    public CompletableFuture<Void> abort(String id) {
      aborts.incrementAndGet();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean sendsFiles() {
      return false;
    }

    private static <T> CompletableFuture<T> notAsked() {
      return CompletableFuture.failedFuture(new AssertionError("nobody should ask"));
    }

    @Override
    public CompletableFuture<ObjectInfo> put(PartBody body) {
      return notAsked();
    }

    @Override
    public CompletableFuture<ObjectVersion> complete(
        String id, List<StoredPart> listed, String checksum) {
      return notAsked();
    }

    @Override
    public CompletableFuture<List<StoredPart>> parts(String id) {
      return notAsked();
    }

    @Override
    public CompletableFuture<List<OpenUpload>> open() {
      return notAsked();
    }

    @Override
    public CompletableFuture<Found> find() {
      return notAsked();
    }
  }

  @Test
  void moreThanTenThousandPartsAreRefusedAndDropped() throws Exception {
    Willing service = new Willing();
    try (PartedUpload upload =
        new PartedUpload(
            BucketName.directory("logs--usw2-az1--x-s3"),
            "object",
            UploadOptions.defaults(),
            new PartPlan(PART, PART),
            new PartMemory(64 << 20),
            service,
            null,
            List.of())) {
      CompletableFuture<Void> most =
          upload.lend(ByteBuffer.allocateDirect(UploadOptions.MOST_PARTS * PART));
      assertThat(upload.offset()).isEqualTo(UploadOptions.MOST_PARTS * PART);
      CompletableFuture<Void> more = upload.lend(ByteBuffer.allocateDirect(1));
      assertThatThrownBy(() -> more.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("at most 10,000 parts")
          .hasMessageContaining("100000 bytes")
          .hasMessageContaining("declare the size");
      upload.abort().get(30, TimeUnit.SECONDS);
      assertThat(most).isDone();
    }
    assertThat(service.parts.get()).isEqualTo(UploadOptions.MOST_PARTS);
    assertThat(service.aborts.get()).isOne();
  }
}
