package io.expressway;

/**
 * Where buckets get what signs their requests: IAM identities ({@link Credentials}) or sessions
 * made from them. Thread: safe for many; one source may serve any number of buckets.
 */
public interface CredentialsSource {
  /**
   * The credentials of one bucket, asked for once when the bucket opens.
   *
   * @param bucket the bucket
   * @param mode what its requests will do
   * @param issuer makes sessions for this bucket for as long as the bucket is open
   */
  BucketCredentials forBucket(BucketName bucket, SessionMode mode, SessionIssuer issuer);
}
