package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BucketsTest extends StoreTest {
  private static final String NEW = "logs--usw2-az1--x-s3";

  @Test
  void aBucketIsMadeInItsZone() {
    S3Response made = create(NEW, configuration("usw2-az1", "Directory")).on(store);
    assertThat(made.status()).isEqualTo(200);
    assertThat(store.bucketExists(NEW)).isTrue();
    refused(
        409,
        "BucketAlreadyOwnedByYou",
        () -> create(NEW, configuration("usw2-az1", "Directory")).on(store));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logs",
        "logs--usw2-az3--x-s3",
        "logs--us-west-2a--x-s3",
        "--usw2-az1--x-s3",
        "Logs--usw2-az1--x-s3",
        "-logs--usw2-az1--x-s3",
        "xn--logs--usw2-az1--x-s3",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz--usw2-az1--x-s3"
      })
  void badNamesAreRefused(String name) {
    refused(
        400,
        "InvalidBucketName",
        () -> create(name, configuration("usw2-az1", "Directory")).on(store));
  }

  @Test
  void theConfigurationMustFit() {
    refused(400, "InvalidRequest", () -> create(NEW, "").on(store));
    refused(
        400, "InvalidRequest", () -> create(NEW, configuration("usw2-az3", "Directory")).on(store));
    refused(400, "InvalidRequest", () -> create(NEW, configuration("usw2-az1", "Plain")).on(store));
    refused(
        400,
        "IllegalLocationConstraintException",
        () ->
            create(
                    NEW,
                    "<CreateBucketConfiguration><LocationConstraint>x</LocationConstraint>"
                        + "</CreateBucketConfiguration>")
                .on(store));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no xml",
        "<CreateBucketConfiguration>",
        "<Other/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><CreateBucketConfiguration>&b;</CreateBucketConfiguration>"
      })
  void badDocumentsAreRefused(String document) {
    refused(400, "MalformedXML", () -> create(NEW, document).on(store));
  }

  @Test
  void headTellsWhereTheBucketIs() {
    assertThat(Call.onBucket("HEAD").on(store).headers())
        .containsEntry("x-amz-bucket-location-type", "AvailabilityZone")
        .containsEntry("x-amz-bucket-location-name", "usw2-az1")
        .containsEntry("x-amz-bucket-region", "us-west-2")
        .containsEntry("x-amz-access-point-alias", "false");
    refused(404, "NoSuchBucket", () -> Call.onBucket("HEAD").bucket(NEW).on(store));
  }

  @Test
  void onlyAnEmptyBucketIsDeleted() {
    Call.put("k", "a").on(store);
    refused(409, "BucketNotEmpty", () -> Call.onBucket("DELETE").on(store));
    Call.delete("k").on(store);
    String id = Call.element(Call.post("k").query("uploads", "").on(store), "UploadId");
    refused(409, "BucketNotEmpty", () -> Call.onBucket("DELETE").on(store));
    Call.delete("k").query("uploadId", id).on(store);
    assertThat(Call.onBucket("DELETE").on(store).status()).isEqualTo(204);
    refused(404, "NoSuchBucket", () -> Call.put("k", "a").on(store));
  }

  @Test
  void bucketsAreListedInPages() {
    store.createBucket(NEW);
    S3Response first =
        Call.onBucket("GET").bucket(null).query("max-directory-buckets", "1").on(store);
    assertThat(Call.elements(first, "Name")).containsExactly(NEW);
    S3Response second =
        Call.onBucket("GET")
            .bucket(null)
            .query("continuation-token", Call.element(first, "ContinuationToken"))
            .on(store);
    assertThat(Call.elements(second, "Name")).containsExactly(Call.BUCKET);
    assertThat(Call.text(second)).doesNotContain("<ContinuationToken>");
  }

  private static Call lifecycle(String rules) {
    byte[] document =
        ("<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>")
            .getBytes(StandardCharsets.UTF_8);
    return Call.onBucket("PUT")
        .query("lifecycle", "")
        .header("x-amz-checksum-crc32", ChecksumAlgorithm.CRC32.of(ByteBuffer.wrap(document)))
        .body(document);
  }

  private static String rule(String rest) {
    return "<Rule><Status>Enabled</Status><Filter><Prefix>tmp/</Prefix></Filter>"
        + rest
        + "</Rule>";
  }

  @Test
  void whatExpiresIsKeptAndTold() {
    Call told = Call.onBucket("GET").query("lifecycle", "");
    refused(404, "NoSuchLifecycleConfiguration", () -> told.on(store));
    String days = "<Expiration><Days>7</Days></Expiration>";
    String upload =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
            + "</AbortIncompleteMultipartUpload>";
    lifecycle(rule(days + upload) + rule(upload)).on(store);
    assertThat(Call.elements(told.on(store), "Days")).containsExactly("7");
    assertThat(Call.elements(told.on(store), "DaysAfterInitiation")).containsExactly("1", "1");
    assertThat(Call.onBucket("DELETE").query("lifecycle", "").on(store).status()).isEqualTo(204);
    refused(404, "NoSuchLifecycleConfiguration", () -> told.on(store));
  }

  @Test
  void rulesThatDirectoryBucketsDoNotHaveAreRefused() {
    String days = "<Expiration><Days>7</Days></Expiration>";
    refused(400, "MalformedXML", () -> lifecycle("").on(store));
    refused(400, "InvalidRequest", () -> lifecycle(rule("")).on(store));
    refused(
        400,
        "InvalidArgument",
        () -> lifecycle(rule("<Expiration><Days>0</Days></Expiration>")).on(store));
    refused(
        400, "InvalidRequest", () -> lifecycle(rule(days + "<Transition></Transition>")).on(store));
    refused(
        400,
        "InvalidRequest",
        () ->
            Call.onBucket("PUT")
                .query("lifecycle", "")
                .body("<LifecycleConfiguration>" + rule(days) + "</LifecycleConfiguration>")
                .on(store));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acl",
        "cors",
        "location",
        "logging",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "replication",
        "requestPayment",
        "tagging",
        "versioning",
        "versions",
        "website",
        "accelerate",
        "analytics",
        "never-heard-of"
      })
  void otherSubresourcesOfABucketAreNotImplemented(String name) {
    for (String method : new String[] {"GET", "PUT", "DELETE", "POST"}) {
      refused(501, "NotImplemented", () -> Call.onBucket(method).query(name, "").on(store));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"acl", "tagging", "legal-hold", "retention", "restore", "torrent", "select", "x"})
  void otherSubresourcesOfAnObjectAreNotImplemented(String name) {
    Call.put("k", "a").on(store);
    refused(501, "NotImplemented", () -> Call.get("k").query(name, "").on(store));
    refused(501, "NotImplemented", () -> Call.put("k", "b").query(name, "").on(store));
    refused(501, "NotImplemented", () -> Call.delete("k").query(name, "").on(store));
    refused(501, "NotImplemented", () -> Call.post("k").query(name, "").on(store));
    assertThat(Call.text(Call.get("k").on(store))).isEqualTo("a");
  }

  @Test
  void othersBucketsAreDenied() {
    refused(
        403,
        "AccessDenied",
        () ->
            Call.onBucket("HEAD").header("x-amz-expected-bucket-owner", "210987654321").on(store));
  }

  private static Call create(String name, String document) {
    return Call.onBucket("PUT").bucket(name).body(document);
  }

  private static String configuration(String zone, String type) {
    return "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + "<Location><Name>"
        + zone
        + "</Name><Type>AvailabilityZone</Type></Location>"
        + "<Bucket><DataRedundancy>SingleAvailabilityZone</DataRedundancy><Type>"
        + type
        + "</Type></Bucket></CreateBucketConfiguration>";
  }
}
