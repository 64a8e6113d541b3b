package io.expressway.cache;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** How a cache stands, and what it did since it was opened; once a second while recorded. */
@Name("io.expressway.CacheStatistics")
@Label("Cache Statistics")
@Category({"Expressway", "Cache"})
@Description("How a block cache stands, and what it did since it was opened")
@Period("1 s")
@StackTrace(false)
final class CacheStatisticsEvent extends Event {
  @Label("Cache")
  String cache = "";

  @Label("Hits")
  long hits;

  @Label("Hit Bytes")
  @DataAmount
  long hitBytes;

  @Label("Misses")
  long misses;

  @Label("Asked Bytes")
  @DataAmount
  long askedBytes;

  @Label("Fetches")
  long fetches;

  @Label("Fetched Bytes")
  @DataAmount
  long fetchedBytes;

  @Label("Around")
  long around;

  @Label("Evictions")
  long evictions;

  @Label("Resident Blocks")
  long residentBlocks;

  @Label("Used Bytes")
  @DataAmount
  long usedBytes;

  @Label("Limit")
  @DataAmount
  long limitBytes;

  static void commit(String cache, CacheStats stats) {
    CacheStatisticsEvent event = new CacheStatisticsEvent();
    event.cache = cache;
    event.hits = stats.hits();
    event.hitBytes = stats.hitBytes();
    event.misses = stats.misses();
    event.askedBytes = stats.askedBytes();
    event.fetches = stats.fetches();
    event.fetchedBytes = stats.fetchedBytes();
    event.around = stats.around();
    event.evictions = stats.evictions();
    event.residentBlocks = stats.residentBlocks();
    event.usedBytes = stats.usedBytes();
    event.limitBytes = stats.limitBytes();
    event.commit();
  }
}
