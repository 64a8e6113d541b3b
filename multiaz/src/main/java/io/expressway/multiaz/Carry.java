package io.expressway.multiaz;

import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries one content from a replica to another, stamp and all, through this machine: there is no
 * copy between zones on the server side. Only over what was seen there. Thread: safe for many.
 */
final class Carry {
  /** Larger objects go in pieces of this, one at a time. */
  private static final int PIECE = 8 << 20;

  private final Replica from;
  private final Replica to;
  private final ObjectInfo object;
  private final WriteOptions how;

  private Carry(Seen source, Seen target) {
    this.from = source.replica();
    this.to = target.replica();
    this.object = Objects.requireNonNull(source.raw(), "nothing to carry");
    this.how = over(target.raw());
  }

  private WriteOptions over(@Nullable ObjectInfo there) {
    WriteOptions plain = WriteOptions.defaults().metadata(object.metadata());
    WriteOptions typed = object.contentType().map(plain::contentType).orElse(plain);
    return there == null ? typed.ifAbsent() : typed.ifVersion(there.version());
  }

  /** Fails with a precondition when either changed meanwhile. */
  static CompletableFuture<?> copy(Seen source, Seen target) {
    Carry carry = new Carry(source, target);
    return carry.object.size() <= PIECE ? carry.whole() : carry.inPieces();
  }

  private CompletableFuture<?> whole() {
    return from.bucket()
        .read(request(ByteRange.all()))
        .thenCompose(
            slice ->
                to.bucket()
                    .write(object.key(), joined(slice), how)
                    .whenComplete((stored, why) -> slice.close()));
  }

  private static ByteBuffer joined(Slice slice) {
    List<ByteBuffer> parts = slice.buffers();
    return parts.size() == 1 ? parts.get(0) : ByteBuffer.wrap(slice.toByteArray());
  }

  private ReadRequest request(ByteRange range) {
    return ReadRequest.of(object.key(), range).ifVersion(object.version());
  }

  private CompletableFuture<?> inPieces() {
    Upload upload =
        to.bucket()
            .upload(object.key(), UploadOptions.defaults().size(object.size()).storedWith(how));
    return piece(upload, 0)
        .thenCompose(nothing -> upload.complete())
        .whenComplete(
            (stored, why) -> {
              if (why != null) {
                upload.abort();
              }
            });
  }

  private CompletableFuture<Void> piece(Upload upload, long at) {
    if (at >= object.size()) {
      return CompletableFuture.completedFuture(null);
    }
    long length = Math.min(PIECE, object.size() - at);
    return from.bucket()
        .read(request(ByteRange.of(at, length)))
        .thenCompose(slice -> give(upload, slice))
        .thenCompose(nothing -> piece(upload, at + length));
  }

  private static CompletableFuture<Void> give(Upload upload, Slice slice) {
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (ByteBuffer part : slice.buffers()) {
      last = upload.write(part); // in their order: the last is taken last
    }
    return last.whenComplete((nothing, why) -> slice.close());
  }
}
