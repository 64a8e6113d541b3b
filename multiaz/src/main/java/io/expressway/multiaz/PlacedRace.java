package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read into the caller's direct memory. Only the attempt that claims it writes there; when its
 * body breaks off, the rest goes behind what came.
 */
final class PlacedRace extends Race<ObjectInfo> {
  private final ReadRequest request;
  private final List<ByteBuffer> targets;
  private final LentRace.Rest rest;

  PlacedRace(Fleet fleet, ReadRequest request, List<ByteBuffer> targets) {
    super(
        fleet,
        request.key(),
        SizeClass.of(request.range()),
        request.version().orElse(null),
        request.deadline().isEmpty() ? 0 : request.deadline().get().toNanos());
    this.request = request;
    this.targets = targets;
    this.rest = new LentRace.Rest(request.range());
  }

  @Override
  CompletableFuture<ObjectInfo> ask(Replica replica, Attempt attempt, boolean isOnce) {
    ReadRequest asked = rest.request(this, request, replica, attempt, isOnce);
    List<ByteBuffer> places = places();
    return places.size() == 1
        ? replica.bucket().readInto(asked, places.get(0))
        : replica.bucket().readInto(asked, places);
  }

  /** The caller's own buffers at first, then views of what they have left. */
  private List<ByteBuffer> places() {
    long skip = rest.landed();
    if (skip == 0) {
      return targets;
    }
    List<ByteBuffer> left = new ArrayList<>();
    for (ByteBuffer target : targets) {
      int filled = (int) Math.min(skip, target.remaining());
      skip -= filled;
      if (filled < target.remaining()) {
        left.add(target.slice(target.position() + filled, target.remaining() - filled));
      }
    }
    return left;
  }

  @Override
  void keep(Slice partial) {
    rest.came(partial.info(), partial.length());
    partial.close();
  }

  @Override
  @Nullable ObjectInfo begun() {
    return rest.begun();
  }

  @Override
  void startOver() {
    rest.startOver();
  }

  @Override
  ObjectInfo answered(ObjectInfo last, Attempt by) {
    if (rest.landed() > 0) {
      long left = rest.total();
      for (ByteBuffer target : targets) {
        int count = (int) Math.min(left, target.remaining());
        target.position(target.position() + count);
        left -= count;
      }
    }
    return last;
  }

  @Override
  void discard(ObjectInfo late) {}

  @Override
  RequestSite site(Replica replica) {
    return RequestSite.of(Operation.READ, replica.bucket().name(), request.key(), request.range());
  }
}
