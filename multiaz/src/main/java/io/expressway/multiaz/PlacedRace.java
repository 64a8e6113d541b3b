package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A read into the caller's direct memory. Only the attempt that claims it writes there; when its
 * body breaks off, the rest goes behind what came.
 *
 * <p>It is not given up in the middle of a body, however silent: a cancelled request may still
 * write for a moment, and nobody tells when it does no more. It ends by its bucket's idle timeout.
 */
final class PlacedRace extends RangeRace<ObjectInfo> {
  private final List<ByteBuffer> targets;

  PlacedRace(Fleet fleet, ReadRequest request, List<ByteBuffer> targets) {
    super(fleet, request);
    this.targets = targets;
  }

  @Override
  CompletableFuture<ObjectInfo> ask(Replica replica, Attempt attempt, boolean isOnce) {
    ReadRequest asked = request(replica, attempt, isOnce);
    ReadProgress watching = progress();
    if (watching != null && landed() == 0) { // the rest of what broke off begins elsewhere
      asked = asked.watchedBy(new OfWinner(attempt, watching));
    }
    List<ByteBuffer> places = places();
    return places.size() == 1
        ? replica.bucket().readInto(asked, places.get(0))
        : replica.bucket().readInto(asked, places);
  }

  /** Passes on what is told of the attempt that may write. */
  private final class OfWinner implements ReadProgress {
    private final Attempt attempt;
    private final ReadProgress watching;

    OfWinner(Attempt attempt, ReadProgress watching) {
      this.attempt = attempt;
      this.watching = watching;
    }

    @Override
    public void onArrived(Slice soFar) {
      soFar.close(); // lies elsewhere, and is to be copied
    }

    @Override
    public void onPlaced(ObjectInfo info, long bytes) {
      if (isWinner(attempt)) {
        watching.onPlaced(info, bytes);
      }
    }
  }

  /** The caller's own buffers at first, then views of what they have left. */
  private List<ByteBuffer> places() {
    long skip = landed();
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
    came(partial.info(), partial.length());
    partial.close();
  }

  @Override
  ObjectInfo answered(ObjectInfo last, Attempt by) {
    if (landed() > 0) {
      long left = total();
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
}
