package io.expressway.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** The last requests of a zone, oldest first. Safe for many threads. */
final class RequestLog {
  private final int capacity;
  private final Deque<RequestRecord> records = new ArrayDeque<>();

  RequestLog(int capacity) {
    this.capacity = capacity;
  }

  /** Keeps one more; the supplier is not asked when nothing is kept. */
  void add(Supplier<RequestRecord> supplier) {
    if (capacity == 0) {
      return;
    }
    RequestRecord record = supplier.get();
    synchronized (records) {
      if (records.size() == capacity) {
        records.removeFirst();
      }
      records.addLast(record);
    }
  }

  List<RequestRecord> snapshot() {
    synchronized (records) {
      return new ArrayList<>(records);
    }
  }

  void clear() {
    synchronized (records) {
      records.clear();
    }
  }
}
