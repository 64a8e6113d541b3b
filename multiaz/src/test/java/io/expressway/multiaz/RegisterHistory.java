package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What clients did to one key, and whether there is an order in which one register would have
 * answered so: each call at one moment between its begin and its end.
 *
 * <p>Source: Wing and Gong, "Testing and Verifying Concurrent Objects" (JPDC 1993), with the states
 * remembered as Lowe has it (2017). Safe for many threads while calls are added.
 */
final class RegisterHistory {
  /** A call. A write that failed may have taken effect at any time after its begin, or never. */
  private static final class Call {
    private final boolean isWrite;
    private final long begin;
    private String value;
    private long end = Long.MAX_VALUE;
    private boolean isOver;

    Call(boolean isWrite, String value, long begin) {
      this.isWrite = isWrite;
      this.value = value;
      this.begin = begin;
    }

    @Override
    public String toString() {
      return (isWrite ? "write " : "read ")
          + value
          + " ["
          + begin
          + ", "
          + (isOver ? String.valueOf(end) : "?")
          + "]";
    }
  }

  private final List<Call> calls = new ArrayList<>();
  private long time;

  synchronized int beginWrite(String value) {
    calls.add(new Call(true, value, time++));
    return calls.size() - 1;
  }

  synchronized int beginRead() {
    calls.add(new Call(false, "?", time++));
    return calls.size() - 1;
  }

  synchronized void written(int call) {
    calls.get(call).end = time++;
    calls.get(call).isOver = true;
  }

  /** A read brought this; nothing is the empty text. */
  synchronized void read(int call, String value) {
    calls.get(call).value = value;
    written(call);
  }

  /** Whether one register may have answered so. */
  synchronized boolean isLinearizable() {
    List<Call> counted = new ArrayList<>();
    for (Call call : calls) {
      if (call.isWrite || call.isOver) {
        counted.add(call);
      }
    }
    if (counted.size() > 62) {
      throw new IllegalStateException("too many calls for the check: " + counted.size());
    }
    return canFinish(counted, 0, "", new HashSet<>());
  }

  /**
   * Whether each read brought what the last write before it left, or what a write beside it stores,
   * when the writes came one after the other.
   */
  synchronized boolean isRegular() {
    return calls.stream().filter(call -> !call.isWrite && call.isOver).allMatch(this::isRegular);
  }

  private boolean isRegular(Call read) {
    String last = "";
    boolean isBeside = false;
    for (Call write : calls) {
      if (write.isWrite && write.end < read.begin) {
        last = write.value;
      } else if (write.isWrite && write.begin < read.end) {
        isBeside |= write.value.equals(read.value);
      }
    }
    return isBeside || last.equals(read.value);
  }

  private static boolean canFinish(List<Call> calls, long done, String value, Set<String> known) {
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
      if (isNext && (call.isWrite || call.value.equals(value))) {
        String after = call.isWrite ? call.value : value;
        if (canFinish(calls, done | 1L << i, after, known)) {
          return true;
        }
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
