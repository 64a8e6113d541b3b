package io.expressway.jmh;

import io.expressway.cache.CacheStats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some seconds of all readers over a cache of one size. Used by one thread. */
final class SoakSlice {
  private final int limitMiB;

  /** None once the slice is over: they have the cache, whose memory is to be given back. */
  private List<SoakReader> readers;

  private List<String> failures = List.of();
  private final SoakMemory memory;
  private final List<String> stalls = new ArrayList<>();
  private long[] before = {};
  private long began;
  private long bytesBefore;
  private long reads;
  private double bytesPerSecond;
  private double hitRate;
  private long leftBytes;
  private @Nullable CacheStats statsBefore;

  SoakSlice(int limitMiB, List<SoakReader> readers, SoakMemory memory) {
    this.limitMiB = limitMiB;
    this.readers = readers;
    this.memory = memory;
  }

  int limitMiB() {
    return limitMiB;
  }

  /** All are under way, and memory is as full as it gets. */
  void begin(CacheStats stats) {
    statsBefore = stats;
    before = counts();
    began = System.nanoTime();
    bytesBefore = bytes();
    reads = -reads();
  }

  /** Sees who has read nothing since the last window ended. */
  void windowEnds() {
    long[] now = counts();
    for (int i = 0; i < now.length; i++) {
      if (now[i] == before[i]) {
        stalls.add(readers.get(i).way() + " at " + limitMiB + " MiB");
      }
    }
    before = now;
  }

  /** The time is over; the readers may go on until they are told. */
  void end(CacheStats stats) {
    bytesPerSecond = (bytes() - bytesBefore) * 1e9 / (System.nanoTime() - began);
    reads += reads();
    hitRate = statsBefore == null ? 0 : stats.since(statsBefore).hitRate();
  }

  /** Everybody has gone and the cache is empty. */
  void over(CacheStats stats) {
    memory.stop();
    leftBytes = stats.usedBytes();
    failures =
        readers.stream()
            .filter(reader -> reader.failure() != null)
            .map(reader -> reader.way() + " at " + limitMiB + " MiB: " + reader.failure())
            .toList();
    readers = List.of();
  }

  private long[] counts() {
    return readers.stream().mapToLong(SoakReader::reads).toArray();
  }

  private long reads() {
    return readers.stream().mapToLong(SoakReader::reads).sum();
  }

  private long bytes() {
    return readers.stream().mapToLong(SoakReader::bytes).sum();
  }

  // What is told.

  double bytesPerSecond() {
    return bytesPerSecond;
  }

  /** Reads completed and found right. */
  long completed() {
    return reads;
  }

  double hitRate() {
    return hitRate;
  }

  /** Readers that completed nothing in a window. */
  List<String> stalls() {
    return stalls;
  }

  SoakMemory memory() {
    return memory;
  }

  /** Memory that somebody still has although all have gone. */
  long leftBytes() {
    return leftBytes;
  }

  /** Readers that gave up, and why. */
  List<String> failures() {
    return failures;
  }
}
