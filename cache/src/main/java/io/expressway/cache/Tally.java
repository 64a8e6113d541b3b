package io.expressway.cache;

import java.util.concurrent.atomic.LongAdder;

/** What a cache counts. Safe for many threads; a count may lag behind by what is under way. */
final class Tally {
  final HitCount hits = new HitCount();
  final LongAdder misses = new LongAdder();
  final LongAdder askedBytes = new LongAdder();
  final LongAdder joins = new LongAdder();
  final LongAdder fetches = new LongAdder();
  final LongAdder fetchedBytes = new LongAdder();
  final LongAdder gapBytes = new LongAdder();
  final LongAdder failedFetches = new LongAdder();
  final LongAdder around = new LongAdder();
  final LongAdder aroundBytes = new LongAdder();
  final LongAdder revalidations = new LongAdder();
  final LongAdder changes = new LongAdder();
  final LongAdder evictions = new LongAdder();
  final LongAdder diskHits = new LongAdder();
  final LongAdder diskHitBytes = new LongAdder();
  final LongAdder diskWrites = new LongAdder();
  final LongAdder diskSkips = new LongAdder();
  final LongAdder diskErrors = new LongAdder();
}
