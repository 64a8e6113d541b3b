package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.CopyRequest;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectVersion;
import io.expressway.ReadRequest;
import io.expressway.RenameOptions;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Several buckets with the same keys, each in a zone of its own, as one: reads fail over and are
 * hedged, writes go to all and are done by a {@link WritePolicy}.
 *
 * <pre>{@code
 * try (var bucket = MultiAzBucket.of(
 *         ExpressBucket.open("logs--usw2-az1--x-s3", sessions),
 *         ExpressBucket.open("logs--usw2-az3--x-s3", sessions),
 *         ExpressBucket.open("logs--usw2-az4--x-s3", sessions));
 *     Slice footer = bucket.read("day.parquet", ByteRange.last(65_536)).join()) {
 *   parse(footer.buffers());
 * }
 * }</pre>
 *
 * <p>The first bucket is the primary. What each policy promises, and what a lost zone means for
 * writers and readers, is in {@code docs/multi-az.md}. Keys that begin with {@code .expressway/}
 * are ours.
 *
 * <p>Thread: safe for many; one instance for a set of buckets and process is enough. Owner: closing
 * it closes the buckets, see {@link #close}.
 */
public final class MultiAzBucket implements Bucket {
  private final Fleet fleet;
  private final Writes writes;
  private final QuorumReads quorumReads;
  private final Listing listing;

  private MultiAzBucket(Fleet fleet) {
    this.fleet = fleet;
    this.writes = new Writes(fleet);
    this.quorumReads = new QuorumReads(writes.kit());
    this.listing = new Listing(fleet);
  }

  /**
   * Opens a primary and its copies, with every option at its default.
   *
   * @throws IllegalArgumentException as {@link #of(MultiAzOptions, List)}
   */
  public static MultiAzBucket of(Bucket primary, Bucket... others) {
    java.util.ArrayList<Bucket> all = new java.util.ArrayList<>();
    all.add(primary);
    all.addAll(List.of(others));
    return of(MultiAzOptions.defaults(), all);
  }

  /**
   * Opens a set of replicas; makes no request, but keeps their zones warm from now on.
   *
   * @param replicas the primary first; they belong to the set from now on
   * @throws IllegalArgumentException when there are fewer than two, two are in one zone or are the
   *     same bucket, or a general-purpose bucket is not the only one and the last
   */
  public static MultiAzBucket of(MultiAzOptions options, List<? extends Bucket> replicas) {
    return new MultiAzBucket(new Fleet(replicas, options));
  }

  /** The same with a clock of one's own, right or wrong. */
  static MultiAzBucket of(
      MultiAzOptions options, List<? extends Bucket> replicas, StampClock clock) {
    return new MultiAzBucket(new Fleet(replicas, options, clock));
  }

  /** The primary's name. */
  @Override
  public BucketName name() {
    return fleet.primary().bucket().name();
  }

  // Reading.

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    if (request.claim().isPresent()) {
      return request.claim().get().over(read(request.unclaimed()));
    }
    return isQuorum() ? quorumReads.read(request) : new LentRace(fleet, request).start();
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    return readInto(request, List.of(target));
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    boolean isPlain = request.claim().isEmpty() && !isQuorum();
    return isPlain && targets.stream().allMatch(ByteBuffer::isDirect)
        ? new PlacedRace(fleet, request, targets).start()
        : Bucket.super.readInto(request, targets);
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    return isQuorum() ? quorumReads.stat(key) : new StatRace(fleet, key).start();
  }

  private boolean isQuorum() {
    return fleet.options().reads().isQuorum();
  }

  /**
   * One page of the listing of one zone, the first that answers; later pages come from the same. It
   * may lack what that replica is owed.
   */
  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return listing.page(request);
  }

  // Changing.

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    return writes.write(key, body, options);
  }

  @Override
  public Upload upload(String key, UploadOptions options) {
    return writes.upload(key, options);
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions options) {
    return writes.resume(token, options);
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    return writes.abortUploads(prefix, begunBefore);
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions options) {
    return writes.append(key, atOffset, body, options);
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    return writes.rename(from, to, options);
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    return writes.copy(request);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return writes.delete(key);
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return writes.delete(key, version);
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    return writes.deleteAll(keys);
  }

  // How it stands.

  /** Each zone, in the order given. */
  public List<ZoneStatus> zones() {
    return fleet.statuses(writes::owedKeys);
  }

  /** What the set did so far, and how it stands. */
  public MultiAzStats stats() {
    Kit kit = writes.kit();
    return new MultiAzStats(
        fleet.reads.sum(),
        fleet.failovers.sum(),
        fleet.replicas().stream().mapToLong(each -> each.hedgesFired.sum()).sum(),
        fleet.replicas().stream().mapToLong(each -> each.hedgesWon.sum()).sum(),
        fleet.replicas().stream().mapToLong(each -> each.hedgesDenied.sum()).sum(),
        kit.writes().sum(),
        kit.partial().sum(),
        kit.owed().keys(),
        kit.owed().lost.sum(),
        kit.owed().paid.sum(),
        zones());
  }

  Kit kit() {
    return writes.kit();
  }

  /**
   * Closes the set and its buckets. Requests under way fail, but for changes that are done and that
   * some replica is still being sent: those are waited for, up to 5 s in all, and not at all on an
   * event loop. What is on its way then, and every key that a replica is owed, is told to {@link
   * MultiAzListener#onOwedLost} and counted: only {@link Repair} finds it again. Uploads that were
   * not completed are not waited for; close them first.
   */
  @Override
  public void close() {
    writes.close();
    fleet.close();
  }

  @Override
  public String toString() {
    return "MultiAzBucket" + fleet.replicas();
  }
}
