package io.expressway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.BucketType;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.DataRedundancy;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LocationType;

/**
 * Directory buckets as such: makes, lists and removes them, and sets what expires in them. The
 * control plane is the AWS SDK's: requests go to {@code s3express-control} of the client's Region,
 * signed with its IAM identity (S3 API, CreateBucket, ListDirectoryBuckets, DeleteBucket and
 * PutBucketLifecycleConfiguration, read on 2026-11-22).
 *
 * <p>Thread: safe for many. Owner: the client stays the caller's.
 */
public final class ExpressDirectory {
  private static final int PAGE = 1000;
  private final S3AsyncClient client;

  private ExpressDirectory(S3AsyncClient client) {
    this.client = client;
  }

  /** The directory buckets of the client's account and Region. */
  public static ExpressDirectory over(S3AsyncClient client) {
    return new ExpressDirectory(client);
  }

  /**
   * What becomes old below a prefix, and how soon it goes. Directory buckets know no other rules
   * (S3 User Guide, "Working with S3 Lifecycle for directory buckets", read on 2026-11-22).
   *
   * @param prefix empty for the whole bucket, else a directory
   * @param objectsAfter whole days after which objects are deleted; absent for never
   * @param uploadsAfter whole days after which unfinished uploads are aborted; absent for never
   */
  public record Expiration(
      String prefix, Optional<Duration> objectsAfter, Optional<Duration> uploadsAfter) {
    /** Checks that something expires, after whole days. */
    public Expiration {
      if (objectsAfter.isEmpty() && uploadsAfter.isEmpty()) {
        throw new IllegalArgumentException("a rule must let objects or uploads expire");
      }
      objectsAfter.ifPresent(Expiration::days);
      uploadsAfter.ifPresent(Expiration::days);
    }

    private static int days(Duration time) {
      if (time.compareTo(Duration.ofDays(1)) < 0 || !time.equals(Duration.ofDays(time.toDays()))) {
        throw new IllegalArgumentException(
            "what expires does so after whole days, at least one, but not after " + time);
      }
      return Math.toIntExact(time.toDays());
    }
  }

  /**
   * Makes a bucket in the zone that its name tells.
   *
   * @param name the whole name, {@code base--zoneid--x-s3}
   */
  public CompletableFuture<BucketName> create(String name) {
    BucketName bucket = BucketName.directory(name);
    String zone = bucket.zone().orElseThrow();
    CreateBucketRequest request =
        CreateBucketRequest.builder()
            .bucket(name)
            .createBucketConfiguration(
                made ->
                    made.location(at -> at.name(zone).type(kind(zone)))
                        .bucket(
                            kept ->
                                kept.type(BucketType.DIRECTORY)
                                    .dataRedundancy(DataRedundancy.SINGLE_AVAILABILITY_ZONE)))
            .build();
    return ask(Operation.CREATE_BUCKET, bucket, () -> client.createBucket(request))
        .thenApply(done -> bucket);
  }

  /** Local Zones have an id of three pieces, such as {@code euc1-ist1-az1}. */
  private static LocationType kind(String zone) {
    boolean local = zone.indexOf('-') != zone.lastIndexOf('-');
    return local ? LocationType.LOCAL_ZONE : LocationType.AVAILABILITY_ZONE;
  }

  private static <T> CompletableFuture<T> ask(
      Operation operation, @Nullable BucketName bucket, Supplier<CompletableFuture<T>> request) {
    RequestSite site =
        bucket == null
            ? new RequestSite(operation, null, null, null, null, 0, null, null)
            : RequestSite.of(operation, bucket, null, null);
    CompletableFuture<T> outcome = new CompletableFuture<>();
    request
        .get()
        .whenComplete(
            (answer, why) -> {
              if (why == null) {
                outcome.complete(answer);
              } else {
                outcome.completeExceptionally(SdkFailures.named(why, site));
              }
            });
    return outcome;
  }

  /** All directory buckets, page by page. */
  public CompletableFuture<List<BucketName>> list() {
    return list(null, new ArrayList<>());
  }

  private CompletableFuture<List<BucketName>> list(
      @Nullable String token, List<BucketName> before) {
    return ask(
            Operation.LIST_BUCKETS,
            null,
            () ->
                client.listDirectoryBuckets(
                    page -> page.maxDirectoryBuckets(PAGE).continuationToken(token)))
        .thenCompose(
            page -> {
              page.buckets().forEach(bucket -> before.add(BucketName.parse(bucket.name())));
              String next = page.continuationToken();
              return next == null || next.isEmpty()
                  ? CompletableFuture.completedFuture(before)
                  : list(next, before);
            });
  }

  /** Removes a bucket, which must be empty and have no upload under way. */
  public CompletableFuture<Void> delete(BucketName bucket) {
    return ask(
            Operation.DELETE_BUCKET,
            bucket,
            () -> client.deleteBucket(gone -> gone.bucket(bucket.toString())))
        .thenAccept(done -> {});
  }

  /** Sets what expires in the bucket, instead of what was set before. */
  public CompletableFuture<Void> expire(BucketName bucket, List<Expiration> rules) {
    List<LifecycleRule> lifecycle = rules.stream().map(ExpressDirectory::rule).toList();
    return ask(
            Operation.SET_LIFECYCLE,
            bucket,
            () ->
                client.putBucketLifecycleConfiguration(
                    put ->
                        put.bucket(bucket.toString())
                            .lifecycleConfiguration(set -> set.rules(lifecycle))))
        .thenAccept(done -> {});
  }

  private static LifecycleRule rule(Expiration expiration) {
    LifecycleRule.Builder rule =
        LifecycleRule.builder()
            .status(ExpirationStatus.ENABLED)
            .filter(below -> below.prefix(expiration.prefix()));
    expiration
        .objectsAfter()
        .ifPresent(time -> rule.expiration(old -> old.days(Expiration.days(time))));
    expiration
        .uploadsAfter()
        .ifPresent(
            time ->
                rule.abortIncompleteMultipartUpload(
                    old -> old.daysAfterInitiation(Expiration.days(time))));
    return rule.build();
  }
}
