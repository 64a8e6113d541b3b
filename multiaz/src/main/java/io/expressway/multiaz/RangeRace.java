package io.expressway.multiaz;

import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A question for bytes: what came before a body broke off is not asked for again. What is still to
 * be read is guarded by this, but for what is begun.
 *
 * @param <T> what the answer is
 */
abstract class RangeRace<T> extends Race<T> {
  private final ReadRequest whole;
  private volatile @Nullable ObjectInfo begun;
  private long from;
  private long to;

  RangeRace(Fleet fleet, ReadRequest whole) {
    super(
        fleet,
        whole.key(),
        SizeClass.of(whole.range()),
        whole.version().orElse(null),
        whole.deadline().isEmpty() ? 0 : whole.deadline().get().toNanos());
    this.whole = whole;
  }

  @Override
  final @Nullable ObjectInfo begun() {
    return begun;
  }

  /** Bytes landed so far. */
  final synchronized long landed() {
    return begun == null ? 0 : from - begin(begun);
  }

  private long begin(ObjectInfo of) {
    ByteRange asked = whole.range();
    return asked.isSuffix() ? Math.max(0, of.size() - asked.length()) : asked.offset();
  }

  /** Bytes of all of it. */
  final synchronized long total() {
    return begun == null ? 0 : to - begin(begun);
  }

  final synchronized void came(ObjectInfo of, long bytes) {
    if (begun == null) {
      ByteRange asked = whole.range();
      from = begin(of);
      to = asked.isBounded() ? Math.min(of.size(), from + asked.length()) : of.size();
      begun = of;
    }
    from += bytes;
  }

  @Override
  void startOver() {
    begun = null;
  }

  /** Who is told of the first bytes as they come. */
  final @Nullable ReadProgress progress() {
    return whole.progress().orElse(null);
  }

  private synchronized ByteRange range() {
    return begun == null ? whole.range() : ByteRange.of(from, to - from);
  }

  /** What to ask a replica for, claimed by the attempt. */
  final ReadRequest request(Replica replica, Attempt attempt, boolean isOnce) {
    ReadRequest request = ReadRequest.of(whole.key(), range()).claimedBy(attempt);
    if (isOnce) {
      request = request.once();
    }
    if (whole.version().isPresent()) {
      ReadRequest open = request;
      request = replica.naming().own(whole.version().get()).map(open::ifVersion).orElse(open);
    }
    long nanos = remainingNanos();
    return nanos == 0 ? request : request.deadline(Duration.ofNanos(nanos));
  }

  @Override
  final RequestSite site(Replica replica) {
    return RequestSite.of(Operation.READ, replica.bucket().name(), whole.key(), whole.range());
  }
}
