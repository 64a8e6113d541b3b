package io.expressway.testkit;

/**
 * IAM credentials that need {@code x-amz-security-token}, as STS gives them.
 *
 * @param accessKeyId the access key id
 * @param secretAccessKey the secret
 * @param sessionToken the token
 */
public record TemporaryCredentials(
    String accessKeyId, String secretAccessKey, String sessionToken) {
  @Override
  public String toString() {
    return "TemporaryCredentials[" + accessKeyId + "]";
  }
}
