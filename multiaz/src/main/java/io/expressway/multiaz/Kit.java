package io.expressway.multiaz;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all kinds of changes share.
 *
 * @param fleet the replicas
 * @param owed what replicas lack
 * @param mending what brings it
 * @param memory for bodies that outlive their write
 * @param chunks for bytes of uploads
 * @param writes changes that callers asked for
 * @param partial those among them that some replicas took and others did not
 */
record Kit(
    Fleet fleet,
    Owed owed,
    Mending mending,
    LaggingMemory memory,
    Chunks chunks,
    LongAdder writes,
    LongAdder partial) {
  static Kit of(Fleet fleet) {
    Mending mending = new Mending(fleet);
    return new Kit(
        fleet,
        new Owed(fleet, mending),
        mending,
        new LaggingMemory(fleet.options().laggingBytes()),
        new Chunks(),
        new LongAdder(),
        new LongAdder());
  }

  StampClock clock() {
    return fleet.clock();
  }

  List<Replica> replicas() {
    return fleet.replicas();
  }

  Replica primary() {
    return fleet.primary();
  }

  /** Whether callers hear of a change as soon as enough replicas have it. */
  boolean isEarly() {
    return fleet.options().laggingBytes() > 0;
  }

  int acks() {
    return fleet.options().writes().acks(fleet.size());
  }

  /** What some took and others did not is counted, and owed to those. */
  <T> void owe(Tally<T> tally, String key, boolean isLikePrimary) {
    tally
        .settled()
        .thenAccept(
            known -> {
              if (known.isPartial()) {
                partial.increment();
                known.missed().forEach(replica -> owed.add(replica, key, isLikePrimary));
              }
            });
  }
}
