package io.expressway.examples.service;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;
import org.jspecify.annotations.Nullable;

/**
 * Sends bytes of one version of an object, a piece at a time: the socket reads them where the cache
 * keeps them, and a slice is closed when its last byte has left. So a slow client holds one piece.
 */
final class SliceWriter extends IteratingNestedCallback {
  private static final int PIECE_BYTES = 4 << 20;
  private final Bucket bucket;
  private final ObjectInfo info;
  private final Response response;
  private final long end;
  private long at;
  private @Nullable Slice slice;
  private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
  private boolean isLast;

  /** Will send {@code [begin, end)}, once it is iterated, and complete {@code callback}. */
  SliceWriter(
      Bucket bucket, ObjectInfo info, Response response, Callback callback, long begin, long end) {
    super(callback);
    this.bucket = bucket;
    this.info = info;
    this.response = response;
    this.at = begin;
    this.end = end;
  }

  /** One step, begun when the step before it has ended. */
  @Override
  protected Action process() {
    if (isLast) {
      return Action.SUCCEEDED;
    } else if (buffers.hasNext()) {
      response.write(false, buffers.next(), this);
    } else if (at < end) {
      closeSlice();
      readPiece();
    } else {
      isLast = true;
      response.write(true, BufferUtil.EMPTY_BUFFER, this);
    }
    return Action.SCHEDULED;
  }

  private void readPiece() {
    ByteRange range = ByteRange.of(at, Math.min(PIECE_BYTES, end - at));
    at += range.length();
    var unused =
        bucket
            .read(ReadRequest.of(info.key(), range).ifVersion(info.version()))
            .whenComplete(
                (piece, failure) -> {
                  if (piece == null) {
                    failed(failure);
                  } else {
                    slice = piece;
                    buffers = piece.buffers().iterator();
                    succeeded();
                  }
                });
  }

  private void closeSlice() {
    Slice sent = slice;
    slice = null;
    if (sent != null) {
      sent.close();
    }
  }

  /** A response that has begun breaks off: nobody may take a part of it for all. */
  @Override
  protected void onCompleted(@Nullable Throwable failure) {
    closeSlice();
    if (failure != null && !response.isCommitted()) {
      response.reset();
      response.setStatus(ObjectHandler.status(failure));
    }
    super.onCompleted(failure);
  }
}
