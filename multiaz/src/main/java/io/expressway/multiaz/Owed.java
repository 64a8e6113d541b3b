package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What replicas are owed: remembered up to a limit, and brought while their zones answer, a few
 * keys at a time and ever more slowly while that fails. Lost with the process: {@link Repair} finds
 * it again.
 *
 * <p>Thread: safe for many; accounts are guarded by this, listeners are told outside. The thread
 * ends with {@link #close}.
 */
final class Owed implements AutoCloseable {
  private static final long LOOK_MILLIS = 50;
  private static final int AT_ONCE = 4;
  private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** A key that cannot be brought for a reason of its own is left to Repair after so many tries. */
  private static final int MOST_REFUSALS = 5;

  private static final String FULL = "as many keys as may be remembered are owed already";
  private static final String CLOSED = "the set is closed";

  /** One key of a replica. Guarded by the backlog. */
  private static final class Debt {
    private final String key;
    private boolean isLikePrimary;
    private int version;
    private int refusals;

    Debt(String key) {
      this.key = key;
    }
  }

  /** All that one replica is owed. Guarded by the backlog. */
  private static final class Account {
    private final Replica replica;
    private final Map<String, Debt> debts = new LinkedHashMap<>();
    private final Set<String> active = new HashSet<>();
    private long waitNanos;
    private long notBefore = System.nanoTime();

    Account(Replica replica) {
      this.replica = replica;
    }
  }

  private final Fleet fleet;
  private final Mending mending;
  private final List<Account> accounts;
  private final ScheduledThreadPoolExecutor payer;
  private long keys;
  private boolean isScheduled;
  private boolean isClosed;
  final LongAdder lost = new LongAdder();
  final LongAdder paid = new LongAdder();

  Owed(Fleet fleet, Mending mending) {
    this.fleet = fleet;
    this.mending = mending;
    this.accounts = fleet.replicas().stream().map(Account::new).toList();
    this.payer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread =
                  new Thread(task, "expressway-owed-" + fleet.primary().bucket().name());
              thread.setDaemon(true);
              return thread;
            });
    payer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** A replica has not got the key as it should be. */
  void add(Replica replica, String key, boolean isLikePrimary) {
    String lostAs = null;
    synchronized (this) {
      Account account = accounts.get(replica.index());
      Debt debt = account.debts.get(key);
      if (isClosed) {
        lostAs = CLOSED;
      } else if (debt == null && keys >= fleet.options().owedKeys()) {
        lostAs = FULL;
      } else {
        if (debt == null) {
          debt = new Debt(key);
          account.debts.put(key, debt);
          keys++;
        }
        debt.isLikePrimary |= isLikePrimary;
        debt.version++;
        schedule();
      }
    }
    if (lostAs != null) {
      lose(key, replica, lostAs);
    } else {
      fleet.listener().onOwed(key, replica.zone());
    }
  }

  private void lose(String key, Replica replica, String why) {
    lost.increment();
    fleet.listener().onOwedLost(key, replica.zone(), why);
  }

  /** Does it on the backlog's thread; not at all once it is closed. */
  void aside(Runnable job) {
    try {
      payer.execute(job);
    } catch (RejectedExecutionException e) {
      // closed: what lagged was told by then
    }
  }

  synchronized long keys(Replica replica) {
    return accounts.get(replica.index()).debts.size();
  }

  synchronized long keys() {
    return keys;
  }

  /** Holds the lock. */
  private void schedule() {
    if (!isScheduled && !isClosed && keys > 0) {
      isScheduled = true;
      payer.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private record Payment(Account account, String key, boolean isLikePrimary, int version) {}

  private void look() {
    List<Payment> due = new ArrayList<>();
    synchronized (this) {
      isScheduled = false;
      for (Account account : accounts) {
        takeDue(account, due);
      }
      schedule();
    }
    due.forEach(this::pay);
  }

  /** Holds the lock. */
  private static void takeDue(Account account, List<Payment> due) {
    if (account.notBefore - System.nanoTime() > 0 || !account.replica.isUp()) {
      return;
    }
    for (Debt debt : account.debts.values()) {
      if (account.active.size() >= AT_ONCE) {
        return;
      }
      if (account.active.add(debt.key)) {
        due.add(new Payment(account, debt.key, debt.isLikePrimary, debt.version));
      }
    }
  }

  private void pay(Payment payment) {
    try {
      mending
          .mend(payment.account.replica, payment.key, payment.isLikePrimary)
          .whenComplete((outcome, why) -> settle(payment, outcome, Fleet.cause(why)));
    } catch (RuntimeException refused) {
      settle(payment, null, refused);
    }
  }

  private void settle(Payment payment, Mending.@Nullable Outcome outcome, @Nullable Throwable why) {
    Account account = payment.account;
    boolean isOver;
    synchronized (this) {
      account.active.remove(payment.key);
      Debt debt = account.debts.get(payment.key);
      isOver = debt != null && isOver(account, debt, payment, outcome, why);
      if (isOver) {
        account.debts.remove(payment.key);
        keys--;
      }
      schedule();
    }
    if (isOver) {
      tell(payment, outcome, why);
    }
  }

  // Whether a debt is paid, or given up; else it waits. Holds the lock.
  private static boolean isOver(
      Account account,
      Debt debt,
      Payment payment,
      Mending.@Nullable Outcome outcome,
      @Nullable Throwable why) {
    boolean isUnsure = outcome == Mending.Outcome.UNSURE;
    if (why == null && !isUnsure) {
      account.waitNanos = 0;
      return debt.version == payment.version;
    }
    if (!isUnsure && !Fleet.isFault(why)) {
      debt.refusals++;
    }
    account.waitNanos =
        Math.min(LONGEST_WAIT_NANOS, Math.max(FIRST_WAIT_NANOS, 2 * account.waitNanos));
    double jitter = 0.5 + ThreadLocalRandom.current().nextDouble() / 2;
    account.notBefore = System.nanoTime() + (long) (account.waitNanos * jitter);
    return debt.refusals >= MOST_REFUSALS;
  }

  private void tell(Payment payment, Mending.@Nullable Outcome outcome, @Nullable Throwable why) {
    String zone = payment.account.replica.zone();
    if (outcome == null) {
      lose(
          payment.key,
          payment.account.replica,
          String.valueOf(why == null ? null : why.getMessage()));
    } else if (outcome == Mending.Outcome.CONFLICT) {
      fleet.listener().onConflict(payment.key, List.of(zone));
    } else {
      paid.increment();
      fleet.listener().onPaid(payment.key, zone);
    }
  }

  /** Pays no more, and tells as lost what was not paid: nobody will remember it. */
  @Override
  public void close() {
    List<Payment> unpaid = new ArrayList<>();
    synchronized (this) {
      isClosed = true;
      for (Account account : accounts) {
        for (Debt debt : account.debts.values()) {
          unpaid.add(new Payment(account, debt.key, debt.isLikePrimary, debt.version));
        }
        account.debts.clear();
      }
      keys = 0;
    }
    payer.shutdownNow();
    unpaid.forEach(each -> lose(each.key, each.account.replica, CLOSED));
  }
}
