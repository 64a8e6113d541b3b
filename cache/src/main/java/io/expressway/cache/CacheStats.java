package io.expressway.cache;

/**
 * What a cache did so far, and how it stands. Immutable.
 *
 * @param hits reads answered from memory without asking or waiting for anything
 * @param hitBytes bytes they were lent
 * @param misses reads that had to ask or to wait
 * @param askedBytes bytes that those were after
 * @param joins fetches that a read waited for without having begun them
 * @param fetches requests for missing bytes
 * @param fetchedBytes bytes those brought, gaps included
 * @param gapBytes bytes among them that nobody asked for, because they lay between some asked for
 * @param failedFetches requests among them that failed
 * @param around reads served around the memory, because it had no room or was not wanted
 * @param aroundBytes bytes they brought
 * @param revalidations requests without a body that asked whether an object is still the same
 * @param changes objects found changed, or written by this process
 * @param evictions blocks that had to leave for others
 * @param diskHits blocks read from disk
 * @param diskHitBytes bytes they had
 * @param diskWrites blocks written to disk
 * @param diskSkips blocks not written, because the writer lagged behind or the disk was full
 * @param diskErrors blocks that were damaged, gone, or could not be written
 * @param diskBytes bytes of the files on disk
 * @param residentBlocks blocks that the cache keeps
 * @param usedBytes memory in use: resident blocks, evicted ones that are still lent or filled, and
 *     one block that gaps are written to
 * @param limitBytes memory there is; never exceeded
 */
public record CacheStats(
    long hits,
    long hitBytes,
    long misses,
    long askedBytes,
    long joins,
    long fetches,
    long fetchedBytes,
    long gapBytes,
    long failedFetches,
    long around,
    long aroundBytes,
    long revalidations,
    long changes,
    long evictions,
    long diskHits,
    long diskHitBytes,
    long diskWrites,
    long diskSkips,
    long diskErrors,
    long diskBytes,
    long residentBlocks,
    long usedBytes,
    long limitBytes) {

  /** Reads answered from memory, of all, from 0 to 1; 0 before the first. */
  public double hitRate() {
    long reads = hits + misses;
    return reads == 0 ? 0 : (double) hits / reads;
  }

  /** What happened after an earlier moment; what stands, stands as it is now. */
  public CacheStats since(CacheStats earlier) {
    return new CacheStats(
        hits - earlier.hits,
        hitBytes - earlier.hitBytes,
        misses - earlier.misses,
        askedBytes - earlier.askedBytes,
        joins - earlier.joins,
        fetches - earlier.fetches,
        fetchedBytes - earlier.fetchedBytes,
        gapBytes - earlier.gapBytes,
        failedFetches - earlier.failedFetches,
        around - earlier.around,
        aroundBytes - earlier.aroundBytes,
        revalidations - earlier.revalidations,
        changes - earlier.changes,
        evictions - earlier.evictions,
        diskHits - earlier.diskHits,
        diskHitBytes - earlier.diskHitBytes,
        diskWrites - earlier.diskWrites,
        diskSkips - earlier.diskSkips,
        diskErrors - earlier.diskErrors,
        diskBytes,
        residentBlocks,
        usedBytes,
        limitBytes);
  }
}
