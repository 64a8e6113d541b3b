package io.expressway.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The faults injected into a zone and how often each has struck. Safe for many threads. */
final class FaultScript {
  private volatile boolean empty = true;
  private final List<Armed> armed = new ArrayList<>();

  synchronized void inject(Fault fault) {
    armed.add(new Armed(fault));
    empty = false;
  }

  synchronized void clear() {
    armed.clear();
    empty = true;
  }

  /** The fault that strikes this request, or null. */
  @Nullable Fault strike(Operation operation, String method, @Nullable String key) {
    if (empty) {
      return null;
    }
    synchronized (this) {
      for (Armed one : armed) {
        if (!one.fault.strikesConnections()
            && one.fault.matches(operation, method, key)
            && one.strikes()) {
          return one.fault;
        }
      }
      return null;
    }
  }

  /** The fault that strikes this connection, or null. */
  @Nullable Fault strikeConnection() {
    if (empty) {
      return null;
    }
    synchronized (this) {
      for (Armed one : armed) {
        if (one.fault.strikesConnections() && one.strikes()) {
          return one.fault;
        }
      }
      return null;
    }
  }

  private static final class Armed {
    final Fault fault;
    private final SplittableRandom random;
    private long seen;
    private long struck;

    Armed(Fault fault) {
      this.fault = fault;
      this.random = new SplittableRandom(fault.seed());
    }

    boolean strikes() {
      seen++;
      boolean strikes =
          seen >= fault.first()
              && struck < fault.times()
              && (fault.probability() >= 1 || random.nextDouble() < fault.probability());
      struck += strikes ? 1 : 0;
      return strikes;
    }
  }
}
