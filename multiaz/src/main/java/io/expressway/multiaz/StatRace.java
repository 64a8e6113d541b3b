package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.RequestSite;
import java.util.concurrent.CompletableFuture;

/** A question for an object's size and version. */
final class StatRace extends Race<ObjectInfo> {
  StatRace(Fleet fleet, String key) {
    super(fleet, key, SizeClass.HEAD, null, 0);
  }

  @Override
  CompletableFuture<ObjectInfo> ask(Replica replica, Attempt attempt, boolean isOnce) {
    return isOnce ? replica.bucket().statOnce(key()) : replica.bucket().stat(key());
  }

  @Override
  ObjectInfo describes(ObjectInfo late) {
    return late;
  }

  @Override
  ObjectInfo answered(ObjectInfo last, Attempt by) {
    ObjectInfo told = by.told();
    return told == null ? last : told;
  }

  @Override
  void discard(ObjectInfo late) {}

  @Override
  RequestSite site(Replica replica) {
    return RequestSite.of(Operation.STAT, replica.bucket().name(), key(), null);
  }
}
