package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients did to one key, and whether there is an order in which one register would have
 * answered so: each call at one moment between its begin and its end. The register holds a text,
 * the empty one where no object is; a change may require what it finds, and is refused else.
 *
 * <p>Source: Wing and Gong, "Testing and Verifying Concurrent Objects" (JPDC 1993), with the states
 * remembered as Lowe has it (2017). Safe for many threads while calls are added.
 */
final class RegisterHistory {
  /** What the documentation leaves open. */
  enum Leeway {
    /** While a key is written and deleted at once, nobody can say what is there. */
    UNSTEADY_WHILE_DELETED
  }

  /** A call. A change that failed may have taken effect at any time after its begin, or never. */
  private static final class Call {
    private final boolean isRead;
    private final @Nullable String required;
    private final long begin;
    private String value;
    private long end = Long.MAX_VALUE;
    private boolean isOver;
    private boolean isRefused;
    private boolean isExcused;

    Call(boolean isRead, String value, @Nullable String required, long begin) {
      this.isRead = isRead;
      this.value = value;
      this.required = required;
      this.begin = begin;
    }

    boolean isDelete() {
      return !isRead && value.isEmpty();
    }

    /** Whether the register may have been changed by it. */
    boolean isChange() {
      return !isRead && !isRefused;
    }

    boolean isBeside(Call other) {
      return begin < other.end && other.begin < end;
    }

    /**
     * What the register holds after the call, if that comes next; null where it cannot.
     *
     * @param isForOne for one read alone: a delete of one version says that this one is gone, and
     *     not whether another is
     */
    @Nullable String after(String before, boolean isForOne) {
      if (isRead) {
        return value.equals(before) ? before : null;
      }
      if (isForOne && isDelete() && required != null && !required.equals(before)) {
        return before;
      }
      boolean isMet =
          required == null || required.equals(before) || (isDelete() && before.isEmpty());
      if (isRefused) {
        return isMet ? null : before;
      }
      return isMet ? value : null;
    }

    private String what() {
      String condition =
          required == null ? "" : required.isEmpty() ? " if none" : " if " + required;
      return isRead ? "read " + value : isDelete() ? "delete" + condition : value + condition;
    }

    @Override
    public String toString() {
      String over = isRefused ? end + " refused" : isOver ? String.valueOf(end) : "?";
      return what() + " [" + begin + ", " + over + "]" + (isExcused ? " excused" : "");
    }
  }

  private final Set<Leeway> leeways;
  private final List<Call> calls = new ArrayList<>();
  private long time;

  RegisterHistory(Set<Leeway> leeways) {
    this.leeways = leeways;
  }

  RegisterHistory() {
    this(Set.of());
  }

  synchronized int beginWrite(String value) {
    return beginChange(value, null);
  }

  /**
   * A change begins.
   *
   * @param value what is to be there; the empty text for nothing
   * @param required what it may change alone; null for whatever is there
   */
  synchronized int beginChange(String value, @Nullable String required) {
    calls.add(new Call(false, value, required, time++));
    return calls.size() - 1;
  }

  synchronized int beginRead() {
    calls.add(new Call(true, "?", null, time++));
    return calls.size() - 1;
  }

  synchronized void done(int call) {
    calls.get(call).end = time++;
    calls.get(call).isOver = true;
  }

  /** A change was told that its condition does not hold. */
  synchronized void refused(int call) {
    calls.get(call).isRefused = true;
    done(call);
  }

  /** A read brought this; nothing is the empty text. */
  synchronized void read(int call, String value) {
    calls.get(call).value = value;
    done(call);
  }

  /** Whether one register may have answered so. */
  synchronized boolean isLinearizable() {
    excuse();
    List<Call> counted = new ArrayList<>();
    for (Call call : calls) {
      if (!call.isRead || (call.isOver && !call.isExcused)) {
        counted.add(call);
      }
    }
    return isOrdered(counted);
  }

  /**
   * Whether one register may have been changed so, and each read brought what it held at some
   * moment beside the read, whatever other reads brought. Of a change that failed one read may see
   * more than the next, and more or less than those who were refused.
   */
  synchronized boolean isRegular() {
    excuse();
    List<Call> changes = calls.stream().filter(call -> !call.isRead).toList();
    List<Call> made = changes.stream().filter(Call::isChange).toList();
    return isOrdered(changes)
        && calls.stream()
            .filter(call -> call.isRead && call.isOver && !call.isExcused)
            .allMatch(read -> isOrdered(with(made, read), true));
  }

  /** Whether of those who may change one version, or a free key, one was let at most. */
  synchronized boolean isDecidedOnce() {
    Set<String> decided = new HashSet<>();
    return calls.stream()
        .filter(call -> call.isOver && call.isChange() && call.required != null)
        .allMatch(call -> decided.add(call.required));
  }

  private static List<Call> with(List<Call> changes, Call read) {
    List<Call> all = new ArrayList<>(changes);
    all.add(read);
    return all;
  }

  private void excuse() {
    if (leeways.contains(Leeway.UNSTEADY_WHILE_DELETED)) {
      calls.forEach(call -> call.isExcused = isUnsteady(call));
    }
  }

  /** Whether a delete and a write go on beside the read, and beside each other. */
  private boolean isUnsteady(Call call) {
    if (!call.isRead) {
      return false;
    }
    for (Call delete : calls) {
      for (Call write : calls) {
        boolean isContest =
            delete.isChange() && delete.isDelete() && write.isChange() && !write.isDelete();
        if (isContest
            && delete.isBeside(write)
            && call.begin < Math.max(delete.end, write.end)
            && call.end > Math.max(delete.begin, write.begin)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isOrdered(List<Call> counted) {
    return isOrdered(counted, false);
  }

  private static boolean isOrdered(List<Call> counted, boolean isForOne) {
    if (counted.size() > 62) {
      throw new IllegalStateException("too many calls for the check: " + counted.size());
    }
    return canFinish(counted, isForOne, 0, "", new HashSet<>());
  }

  private static boolean canFinish(
      List<Call> calls, boolean isForOne, long done, String value, Set<String> known) {
    if (!known.add(done + " " + value)) {
      return false;
    }
    long firstEnd = Long.MAX_VALUE;
    boolean isFinished = true;
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      if ((done >>> i & 1) == 0 && call.isOver) {
        firstEnd = Math.min(firstEnd, call.end);
        isFinished = false;
      }
    }
    if (isFinished) {
      return true;
    }
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      boolean isNext = (done >>> i & 1) == 0 && call.begin < firstEnd;
      String after = isNext ? call.after(value, isForOne) : null;
      if (after != null && canFinish(calls, isForOne, done | 1L << i, after, known)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    calls.forEach(call -> text.append("\n  ").append(call));
    return text.toString();
  }
}
