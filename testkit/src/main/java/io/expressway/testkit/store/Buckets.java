package io.expressway.testkit.store;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The buckets of one zone, and the operations on them. Safe for many threads. */
final class Buckets {
  private static final int MOST_LISTED = 1000;

  /** The one account of this server. */
  static final String ACCOUNT = "123456789012";

  private final String region;
  private final List<String> zones;
  private final String zone;
  private final InstantSource clock;
  private final KeyOrder order;
  private final ConcurrentSkipListMap<String, DirectoryBucket> buckets =
      new ConcurrentSkipListMap<>();

  Buckets(String region, List<String> zones, String zone, InstantSource clock, long seed) {
    this.region = region;
    this.zones = List.copyOf(zones);
    this.zone = zone;
    this.clock = clock;
    this.order = new KeyOrder(seed);
  }

  /**
   * A bucket of this zone.
   *
   * @throws S3Error 404 NoSuchBucket
   */
  DirectoryBucket require(String name) {
    DirectoryBucket bucket = buckets.get(name);
    if (bucket == null) {
      throw Refusals.noSuchBucket(name);
    }
    return bucket;
  }

  boolean exists(String name) {
    return buckets.containsKey(name);
  }

  /**
   * Makes a bucket.
   *
   * @throws S3Error 400 InvalidBucketName, 409 BucketAlreadyOwnedByYou
   */
  void create(String name) {
    BucketNames.require(name, zone);
    DirectoryBucket bucket =
        new DirectoryBucket(name, clock.instant().truncatedTo(ChronoUnit.SECONDS), order);
    if (buckets.putIfAbsent(name, bucket) != null) {
      throw new S3Error(
              409,
              "BucketAlreadyOwnedByYou",
              "Your previous request to create the named bucket succeeded and you already own it.")
          .with("BucketName", name);
    }
  }

  /**
   * CreateBucket.
   *
   * <p>Source: API reference, CreateBucket (Location and Bucket of a directory bucket;
   * LocationConstraint is not for them), read on 2026-11-22.
   */
  S3Response create(S3Request request, String name) {
    requireConfiguration(request);
    create(name);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("location", "/" + name);
    headers.put("x-amz-bucket-arn", arn(name));
    return S3Response.empty(200, headers);
  }

  private void requireConfiguration(S3Request request) {
    if (!request.body().hasRemaining()) {
      throw new S3Error(
          400,
          "InvalidRequest",
          "A directory bucket needs a CreateBucketConfiguration with Location and Bucket.");
    }
    XmlNode root = XmlNode.parse(request.body(), "CreateBucketConfiguration");
    if (root.child("LocationConstraint") != null) {
      throw new S3Error(
          400,
          "IllegalLocationConstraintException",
          "LocationConstraint is not supported for directory buckets; send Location.");
    }
    requireLocation(root);
    requireType(root);
  }

  private void requireLocation(XmlNode root) {
    XmlNode location = root.child("Location");
    if (location == null) {
      throw Refusals.malformedXml("<CreateBucketConfiguration> needs a <Location>.");
    }
    String type = location.required("Type");
    String name = location.required("Name");
    if (!type.equals("AvailabilityZone") || !name.equals(zone)) {
      throw Refusals.invalidRequest(
          "The location "
              + type
              + " "
              + name
              + " is not this one, AvailabilityZone "
              + zone
              + "; the zones of this server are "
              + zones
              + ".");
    }
  }

  private static void requireType(XmlNode root) {
    XmlNode bucket = root.child("Bucket");
    if (bucket == null) {
      throw Refusals.malformedXml("<CreateBucketConfiguration> needs a <Bucket>.");
    }
    if (!bucket.required("Type").equals("Directory")
        || !bucket.required("DataRedundancy").equals("SingleAvailabilityZone")) {
      throw Refusals.invalidRequest(
          "Only Type Directory with DataRedundancy SingleAvailabilityZone is supported.");
    }
  }

  /** DeleteBucket. Source: API reference, DeleteBucket, read on 2026-11-22. */
  S3Response delete(String name) {
    DirectoryBucket bucket = require(name);
    bucket.delete();
    buckets.remove(name, bucket);
    return S3Response.empty(204, Map.of());
  }

  /** HeadBucket. Source: API reference, HeadBucket (response headers), read on 2026-11-22. */
  S3Response head(String name) {
    require(name);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-amz-bucket-arn", arn(name));
    headers.put("x-amz-bucket-location-type", "AvailabilityZone");
    headers.put("x-amz-bucket-location-name", zone);
    headers.put("x-amz-bucket-region", region);
    headers.put("x-amz-access-point-alias", "false");
    return S3Response.empty(200, headers);
  }

  /** ListDirectoryBuckets. Source: API reference, ListDirectoryBuckets, read on 2026-11-22. */
  S3Response list(S3Request request) {
    int most = Numbers.limit(request, "max-directory-buckets", MOST_LISTED);
    String token = request.param("continuation-token");
    String after = token == null ? "" : ContinuationToken.parse(token, "directory-buckets").value();
    XmlBody xml = new XmlBody("ListAllMyDirectoryBucketsResult").open("Buckets");
    int listed = 0;
    String last = after;
    for (DirectoryBucket bucket : buckets.tailMap(after, false).values()) {
      if (listed == most) {
        break;
      }
      describe(xml, bucket);
      last = bucket.name();
      listed++;
    }
    xml.close("Buckets");
    if (most > 0 && buckets.higherKey(last) != null) {
      xml.text("ContinuationToken", ContinuationToken.after(last).text("directory-buckets"));
    }
    return S3Response.xml(200, Map.of(), xml.document());
  }

  private void describe(XmlBody xml, DirectoryBucket bucket) {
    xml.open("Bucket")
        .text("Name", bucket.name())
        .date("CreationDate", bucket.created())
        .text("BucketRegion", region)
        .text("BucketArn", arn(bucket.name()))
        .close("Bucket");
  }

  private String arn(String name) {
    return "arn:aws:s3express:" + region + ":" + ACCOUNT + ":bucket/" + name;
  }
}
