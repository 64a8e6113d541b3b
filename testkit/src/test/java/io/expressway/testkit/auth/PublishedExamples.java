package io.expressway.testkit.auth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Signatures that others computed.
 *
 * <ul>
 *   <li>Amazon S3 API reference, "Examples: Signature Calculations", "Transferring Payload in
 *       Multiple Chunks", "Including Trailing Headers" and "Authenticating Requests: Using Query
 *       Parameters" (read on 2026-11-22). Their credentials are the documentation's own.
 *   <li>smithy-rs (Apache-2.0), integration tests of the AWS SDK for Rust for S3 Express: the
 *       signatures of {@code mixed-auths.json} and of the presigning test (read on 2026-11-23).
 *       Their credentials are placeholders.
 * </ul>
 */
final class PublishedExamples {
  private static final Instant MAY_2013 = Instant.parse("2013-05-24T00:00:00Z");
  private static final Instant FEBRUARY_2009 = Instant.parse("2009-02-13T23:31:31Z");
  private static final String DOC_HOST = "examplebucket.s3.amazonaws.com";
  private static final String DOC_SCOPE = "20130524/us-east-1/s3/aws4_request";
  private static final String EXPRESS_BUCKET = "s3express-test-bucket--usw2-az1--x-s3";
  private static final String EXPRESS_HOST =
      EXPRESS_BUCKET + ".s3express-usw2-az1.us-west-2.amazonaws.com";
  private static final String OTHER_EXPRESS_BUCKET = "s3express-test-bucket-2--usw2-az3--x-s3";

  private static final Keys DOC_KEYS =
      new Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);
  private static final Keys EXPRESS_KEYS =
      new Keys("ASIARTESTID", "TESTSECRETKEY", "TESTSESSIONTOKEN");

  private PublishedExamples() {}

  static List<SignedExample> all() {
    return List.of(
        getObject(),
        putObject(),
        getLifecycle(),
        listObjects(),
        presigned(),
        chunked(),
        chunkedWithTrailer(),
        expressList(),
        otherExpressList(),
        expressPresigned());
  }

  static SignedExample getObject() {
    return documented(
        "GET Object",
        "GET",
        "/test.txt",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        headers("range", "bytes=0-9", "x-amz-content-sha256", Digests.EMPTY_SHA256));
  }

  /** Its payload is {@code Welcome to Amazon S3.} */
  static SignedExample putObject() {
    return documented(
        "PUT Object",
        "PUT",
        "/test%24file.text",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        headers(
            "date",
            "Fri, 24 May 2013 00:00:00 GMT",
            "x-amz-storage-class",
            "REDUCED_REDUNDANCY",
            "x-amz-content-sha256",
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"));
  }

  private static SignedExample getLifecycle() {
    return documented(
        "GET Bucket Lifecycle",
        "GET",
        "/?lifecycle",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        headers("x-amz-content-sha256", Digests.EMPTY_SHA256));
  }

  private static SignedExample listObjects() {
    return documented(
        "GET Bucket (List Objects)",
        "GET",
        "/?max-keys=2&prefix=J",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        headers("x-amz-content-sha256", Digests.EMPTY_SHA256));
  }

  /** Good for one day. */
  static SignedExample presigned() {
    return example(
        "presigned URL",
        DOC_KEYS,
        null,
        MAY_2013,
        "GET",
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature="
            + "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        headers("host", DOC_HOST));
  }

  static SignedExample chunked() {
    return documented(
        "chunked upload",
        "PUT",
        "/examplebucket/chunkObject.txt",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        headers(
            "host",
            "s3.amazonaws.com",
            "content-encoding",
            "aws-chunked",
            "content-length",
            "66824",
            "x-amz-content-sha256",
            Payload.SIGNED_CHUNKS,
            "x-amz-decoded-content-length",
            "66560",
            "x-amz-storage-class",
            "REDUCED_REDUNDANCY"));
  }

  static byte[] chunkedBody() {
    return body(
        "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
  }

  static SignedExample chunkedWithTrailer() {
    return documented(
        "chunked upload with trailer",
        "PUT",
        "/examplebucket/chunkObject.txt",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        headers(
            "host",
            "s3.amazonaws.com",
            "content-encoding",
            "aws-chunked",
            "x-amz-content-sha256",
            Payload.SIGNED_CHUNKS_TRAILER,
            "x-amz-decoded-content-length",
            "66560",
            "x-amz-storage-class",
            "REDUCED_REDUNDANCY",
            "x-amz-trailer",
            "x-amz-checksum-crc32c"));
  }

  static byte[] chunkedWithTrailerBody() {
    return body(
        "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
            + "x-amz-checksum-crc32c:sOO8/Q==\r\n"
            + "x-amz-trailer-signature:"
            + "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
  }

  /** 65 KiB of the letter a: a chunk of 64 KiB, one of 1 KiB, and the last. */
  private static byte[] body(String first, String second, String last) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(67_000);
    body.writeBytes((first + "\r\n" + "a".repeat(65_536)).getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(("\r\n" + second + "\r\n").getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(("a".repeat(1_024) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    body.writeBytes((last + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return body.toByteArray();
  }

  static SignedExample expressList() {
    return expressList(
        EXPRESS_BUCKET,
        EXPRESS_HOST,
        "d1765aa7ec005607ba94fdda08c6739228d5ee14eb8316e80264c35649661a19");
  }

  private static SignedExample otherExpressList() {
    return expressList(
        OTHER_EXPRESS_BUCKET,
        OTHER_EXPRESS_BUCKET + ".s3express-usw2-az3.us-west-2.amazonaws.com",
        "53848e132e259d7dbc06eb3063d5a32a243525f4fbf2cd015d45ff03f354d6f1");
  }

  private static SignedExample expressList(String bucket, String host, String signature) {
    return example(
        "S3 Express list of " + bucket,
        EXPRESS_KEYS,
        bucket,
        FEBRUARY_2009,
        "GET",
        "/?list-type=2",
        headers(
            "host",
            host,
            "x-amz-content-sha256",
            Digests.EMPTY_SHA256,
            "x-amz-date",
            "20090213T233130Z",
            "x-amz-s3session-token",
            "TESTSESSIONTOKEN",
            "x-amz-user-agent",
            "aws-sdk-rust/0.123.test api/test-service/0.123 os/windows/XPSP3 lang/rust/1.50.0",
            "authorization",
            "AWS4-HMAC-SHA256 Credential=ASIARTESTID/20090213/us-west-2/s3express/aws4_request, "
                + "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-s3session-token;"
                + "x-amz-user-agent, Signature="
                + signature));
  }

  /** Good for thirty seconds. */
  static SignedExample expressPresigned() {
    return example(
        "S3 Express presigned URL",
        EXPRESS_KEYS,
        EXPRESS_BUCKET,
        FEBRUARY_2009,
        "GET",
        "/ferris.png?x-id=GetObject&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=ASIARTESTID%2F20090213%2Fus-west-2%2Fs3express%2Faws4_request"
            + "&X-Amz-Date=20090213T233131Z&X-Amz-Expires=30&X-Amz-SignedHeaders=host"
            + "&X-Amz-S3session-Token=TESTSESSIONTOKEN&X-Amz-Signature="
            + "c09c93c7878184492cb960d59e148af932dff6b19609e63e3484599903d97e44",
        headers("host", EXPRESS_HOST));
  }

  private static SignedExample documented(
      String title, String method, String target, String signature, Map<String, String> extra) {
    Map<String, String> headers = headers("host", DOC_HOST, "x-amz-date", "20130524T000000Z");
    headers.putAll(extra);
    String signed = String.join(";", headers.keySet().stream().sorted().toList());
    headers.put(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"
            + DOC_SCOPE
            + ",SignedHeaders="
            + signed
            + ",Signature="
            + signature);
    return example(title, DOC_KEYS, null, MAY_2013, method, target, headers);
  }

  private static SignedExample example(
      String title,
      Keys keys,
      @Nullable String sessionBucket,
      Instant now,
      String method,
      String target,
      Map<String, String> headers) {
    String region = sessionBucket == null ? "us-east-1" : "us-west-2";
    return new SignedExample(title, region, keys, sessionBucket, now, method, target, headers);
  }

  private static Map<String, String> headers(String... namesAndValues) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }
}
