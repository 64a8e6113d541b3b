package io.expressway.multiaz;

import io.expressway.ByteRange;
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

/** A read into lent memory. What came before a body broke off is lent together with the rest. */
final class LentRace extends Race<Slice> {
  private final ReadRequest request;
  private final Rest rest;
  private final List<Slice> parts = new ArrayList<>(0);

  LentRace(Fleet fleet, ReadRequest request) {
    super(
        fleet,
        request.key(),
        SizeClass.of(request.range()),
        request.version().orElse(null),
        request.deadline().isEmpty() ? 0 : request.deadline().get().toNanos());
    this.request = request;
    this.rest = new Rest(request.range());
  }

  @Override
  CompletableFuture<Slice> ask(Replica replica, Attempt attempt, boolean isOnce) {
    return replica.bucket().read(rest.request(this, request, replica, attempt, isOnce));
  }

  @Override
  void keep(Slice partial) {
    parts.add(partial);
    rest.came(partial.info(), partial.length());
  }

  @Override
  @Nullable ObjectInfo begun() {
    return rest.begun();
  }

  @Override
  void startOver() {
    parts.forEach(Slice::close);
    parts.clear();
    rest.startOver();
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

  @Override
  RequestSite site(Replica replica) {
    return RequestSite.of(Operation.READ, replica.bucket().name(), request.key(), request.range());
  }

  /** What is still to be read. Guarded by the race, but for what is begun. */
  static final class Rest {
    private final ByteRange asked;
    private volatile @Nullable ObjectInfo begun;
    private long from;
    private long to;

    Rest(ByteRange asked) {
      this.asked = asked;
    }

    @Nullable ObjectInfo begun() {
      return begun;
    }

    /** Bytes landed so far. */
    synchronized long landed() {
      return begun == null ? 0 : from - begin(begun);
    }

    private long begin(ObjectInfo of) {
      return asked.isSuffix() ? Math.max(0, of.size() - asked.length()) : asked.offset();
    }

    /** Bytes of all of it. */
    synchronized long total() {
      return begun == null ? 0 : to - begin(begun);
    }

    synchronized void came(ObjectInfo of, long bytes) {
      if (begun == null) {
        from = begin(of);
        to = asked.isBounded() ? Math.min(of.size(), from + asked.length()) : of.size();
        begun = of;
      }
      from += bytes;
    }

    synchronized void startOver() {
      begun = null;
    }

    private synchronized ByteRange range() {
      return begun == null ? asked : ByteRange.of(from, to - from);
    }

    /** What to ask a replica for, claimed by the attempt. */
    ReadRequest request(
        Race<?> race, ReadRequest whole, Replica replica, Race<?>.Attempt attempt, boolean isOnce) {
      ReadRequest request = ReadRequest.of(whole.key(), range()).claimedBy(attempt);
      if (isOnce) {
        request = request.once();
      }
      if (whole.version().isPresent()) {
        ReadRequest open = request;
        request = replica.naming().own(whole.version().get()).map(open::ifVersion).orElse(open);
      }
      long nanos = race.remainingNanos();
      return nanos == 0 ? request : request.deadline(java.time.Duration.ofNanos(nanos));
    }
  }
}
