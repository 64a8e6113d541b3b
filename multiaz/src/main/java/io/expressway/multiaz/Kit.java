package io.expressway.multiaz;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
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
    Owed owed = new Owed(fleet, mending);
    fleet.replicas().forEach(each -> letGoWhenDown(each, owed));
    return new Kit(
        fleet,
        owed,
        mending,
        new LaggingMemory(fleet.options().laggingBytes(), fleet.size()),
        new Chunks(),
        new LongAdder(),
        new LongAdder());
  }

  /** On the backlog's thread: it may be many, and the watch has reads to tell just then. */
  private static void letGoWhenDown(Replica replica, Owed owed) {
    replica
        .breaker()
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == State.OPEN) {
                owed.aside(
                    () -> {
                      replica.lagging.letGo(replica);
                      replica.lanes.letGo(replica);
                    });
              }
            });
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

  /**
   * Those whom a change is asked of at first: all, but for zones that are down where the policy can
   * be kept without them.
   */
  List<Replica> asked() {
    WritePolicy policy = fleet.options().writes();
    return policy.isPrimary()
        ? fleet.enough(1, each -> each == primary() || each.isUp())
        : fleet.enough(acks(), Replica::isUp);
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
