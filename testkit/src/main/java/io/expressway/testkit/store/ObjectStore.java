package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The directory buckets of one zone, held in memory: strict S3 Express One Zone semantics behind
 * any HTTP front.
 *
 * <p>Safe for many threads. Reads take no lock and answer slices of the stored bytes; a write takes
 * the lock of its bucket for as long as it swaps the object. What is not supported by directory
 * buckets is refused, never ignored. An object holds at most 2 GiB - 1 bytes.
 */
public final class ObjectStore implements S3Operations {
  private static final int MINIMUM_PART_BYTES = 5 * 1024 * 1024;

  private final Buckets buckets;
  private final InstantSource clock;
  private final Entropy entropy;
  private final ObjectWrites writes;
  private final Copies copies;
  private final MultipartUploads uploads;
  private volatile int minimumPartBytes = MINIMUM_PART_BYTES;

  /**
   * An empty zone.
   *
   * @param region the region, such as {@code us-west-2}
   * @param zones all zones of the server, for messages
   * @param zone the zone id of this store, such as {@code usw2-az1}
   * @param clock tells when buckets and objects are made
   * @param seed decides the order of listings and the entity tags, so that a run can be repeated
   */
  public ObjectStore(
      String region, List<String> zones, String zone, InstantSource clock, long seed) {
    this.buckets = new Buckets(region, zones, zone, clock, seed);
    this.clock = clock;
    this.entropy = new Entropy(seed + zone.hashCode() * 0x9E3779B97F4A7C15L);
    this.writes = new ObjectWrites(entropy);
    this.copies = new Copies(buckets, entropy);
    this.uploads = new MultipartUploads(copies, entropy);
  }

  /**
   * Makes a bucket, without a request.
   *
   * @throws S3Error 400 InvalidBucketName, 409 BucketAlreadyOwnedByYou
   */
  public void createBucket(String name) {
    buckets.create(name);
  }

  /** Whether the bucket is there. */
  public boolean bucketExists(String name) {
    return buckets.exists(name);
  }

  /**
   * Puts an object, without a request. The bytes are copied; the position of the buffer stays.
   *
   * @throws S3Error 404 NoSuchBucket, 400 KeyTooLongError
   */
  public void putObject(String bucket, String key, ByteBuffer bytes) {
    WriteHeaders.requireKey(key);
    ByteBuffer body = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    StoredObject.Attributes plain =
        new StoredObject.Attributes(Map.of(), Map.of("x-amz-server-side-encryption", "AES256"));
    StoredObject object =
        StoredObject.whole(body, entropy.etag(), ObjectWrites.second(clock.instant()), plain, null);
    buckets.require(bucket).replace(key, current -> object);
  }

  /**
   * The bytes of an object: direct, read-only, valid for as long as they are reachable.
   *
   * @throws S3Error 404 NoSuchBucket or NoSuchKey
   */
  public ByteBuffer bytes(String bucket, String key) {
    return buckets.require(bucket).require(key).body();
  }

  /**
   * Sets how small a part that is not the last may be, so that a test of multipart uploads need not
   * move megabytes. 5 MiB unless set.
   */
  public void minimumPartBytes(int bytes) {
    this.minimumPartBytes = bytes;
  }

  @Override
  public S3Response handle(S3Request sent) {
    Operation operation = Operation.of(sent);
    S3Request request = sent.query().isEmpty() ? sent : PresignedHeaders.restored(sent);
    requireAllowed(request, operation);
    String bucket = request.bucket();
    String key = request.key();
    if (bucket == null) {
      return buckets.list(request);
    }
    return key == null
        ? onBucket(request, operation, bucket)
        : onObject(request, operation, buckets.require(bucket), key);
  }

  private static void requireAllowed(S3Request request, Operation operation) {
    if ("ReadOnly".equals(request.identity().mode()) && !operation.readOnly()) {
      throw new S3Error(403, "AccessDenied", "Access Denied: the session is ReadOnly.");
    }
    String owner = request.header("x-amz-expected-bucket-owner");
    if (owner != null && !owner.equals(Buckets.ACCOUNT)) {
      throw new S3Error(
          403, "AccessDenied", "Access Denied: the bucket belongs to " + Buckets.ACCOUNT + ".");
    }
  }

  private S3Response onBucket(S3Request request, Operation operation, String name) {
    return switch (operation) {
      case HEAD_BUCKET -> buckets.head(name);
      case CREATE_BUCKET -> buckets.create(request, name);
      case DELETE_BUCKET -> buckets.delete(name);
      case PUT_BUCKET_LIFECYCLE -> Lifecycle.put(request, buckets.require(name));
      case GET_BUCKET_LIFECYCLE -> Lifecycle.get(buckets.require(name));
      case DELETE_BUCKET_LIFECYCLE -> Lifecycle.delete(buckets.require(name));
      case LIST_OBJECTS_V2 -> Listing.answer(request, buckets.require(name));
      case LIST_MULTIPART_UPLOADS -> uploads.list(request, buckets.require(name));
      case DELETE_OBJECTS -> ObjectDeletes.many(request, buckets.require(name));
      default -> throw new IllegalStateException(operation + " is not of a bucket");
    };
  }

  private S3Response onObject(
      S3Request request, Operation operation, DirectoryBucket bucket, String key) {
    return switch (operation) {
      case GET_OBJECT -> ObjectReads.get(request, bucket.require(key));
      case HEAD_OBJECT -> ObjectReads.head(request, bucket.require(key));
      case GET_OBJECT_ATTRIBUTES -> ObjectAttributes.answer(request, bucket.require(key));
      case PUT_OBJECT -> writes.put(request, bucket, key);
      case COPY_OBJECT -> copies.copy(request, bucket, key);
      case RENAME_OBJECT -> Rename.answer(request, bucket, key);
      case DELETE_OBJECT -> ObjectDeletes.one(request, bucket, key);
      case CREATE_MULTIPART_UPLOAD -> uploads.create(request, bucket, key);
      case UPLOAD_PART -> uploads.uploadPart(request, bucket, key);
      case UPLOAD_PART_COPY -> uploads.copyPart(request, bucket, key);
      case COMPLETE_MULTIPART_UPLOAD ->
          new Completion(entropy, minimumPartBytes).answer(request, bucket, key);
      case ABORT_MULTIPART_UPLOAD -> uploads.abort(request, bucket, key);
      case LIST_PARTS -> uploads.listParts(request, bucket, key);
      default -> throw new IllegalStateException(operation + " is not of an object");
    };
  }
}
