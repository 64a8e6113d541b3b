package io.expressway.multiaz;

import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A read into lent memory. What came before a body broke off is lent together with the rest. */
final class LentRace extends RangeRace<Slice> {
  private final List<Slice> parts = new ArrayList<>(0);

  LentRace(Fleet fleet, ReadRequest request) {
    super(fleet, request);
  }

  @Override
  CompletableFuture<Slice> ask(Replica replica, Attempt attempt, boolean isOnce) {
    ReadRequest asked = request(replica, attempt, isOnce);
    ReadProgress watching = progress();
    if (watching != null && landed() == 0) { // the rest of what broke off begins elsewhere
      asked = asked.watchedBy(soFar -> show(soFar, attempt, watching));
    }
    return replica.bucket().read(asked);
  }

  private void show(Slice soFar, Attempt attempt, ReadProgress watching) {
    if (isWinner(attempt)) {
      watching.onArrived(soFar);
    } else {
      soFar.close();
    }
  }

  @Override
  void keep(Slice partial) {
    parts.add(partial);
    came(partial.info(), partial.length());
  }

  @Override
  void startOver() {
    parts.forEach(Slice::close);
    parts.clear();
    super.startOver();
  }

  @Override
  boolean mayRevoke() {
    return true;
  }

  @Override
  Slice answered(Slice last, Attempt by) {
    List<Slice> all;
    synchronized (this) {
      if (parts.isEmpty()) {
        return last;
      }
      all = new ArrayList<>(parts);
      parts.clear();
    }
    all.add(last);
    List<ByteBuffer> memory = all.stream().flatMap(part -> part.buffers().stream()).toList();
    return Slice.lend(last.info(), memory, () -> all.forEach(Slice::close));
  }

  @Override
  void discard(Slice late) {
    late.close();
  }
}
