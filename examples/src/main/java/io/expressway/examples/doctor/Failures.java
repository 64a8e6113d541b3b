package io.expressway.examples.doctor;

import io.expressway.AccessDeniedException;
import io.expressway.BucketNotFoundException;
import io.expressway.CredentialsException;
import io.expressway.DeadlineExceededException;
import io.expressway.ExpressException;
import io.expressway.ThrottledException;
import io.expressway.ZoneUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What to do about a failure of the library's. */
final class Failures {
  private Failures() {}

  static Throwable cause(Throwable failure) {
    boolean wrapped =
        failure instanceof CompletionException || failure instanceof ExecutionException;
    Throwable cause = failure.getCause();
    return wrapped && cause != null ? cause(cause) : failure;
  }

  static Finding of(String check, Throwable failure) {
    Throwable cause = cause(failure);
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return Finding.fail(check, message, advice(cause));
  }

  private static String advice(Throwable cause) {
    if (cause instanceof AccessDeniedException denied) {
      return denied(denied);
    } else if (cause instanceof BucketNotFoundException) {
      return "check the bucket's name, its zone, and the account that the credentials belong to";
    } else if (cause instanceof CredentialsException) {
      return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role";
    } else if (cause instanceof ThrottledException) {
      return "send less at once, or ask AWS Support for a higher rate of the bucket";
    } else if (cause instanceof ZoneUnavailableException
        || cause instanceof DeadlineExceededException) {
      return "look at the AWS Health Dashboard for the zone; a second zone with MultiAzBucket"
          + " would answer instead";
    }
    return isExpired(cause)
        ? "get new temporary credentials: the session token has ended"
        : "see the message";
  }

  private static boolean isExpired(Throwable cause) {
    String code = cause instanceof ExpressException known ? known.site().errorCode() : null;
    return "ExpiredToken".equals(code) || "InvalidToken".equals(code);
  }

  private static String denied(AccessDeniedException denied) {
    String code = denied.site().errorCode();
    return switch (code == null ? "" : code) {
      case "InvalidAccessKeyId" ->
          "the service does not know this access key: check which"
              + " credentials are in use, and that they are of the right partition and active";
      case "SignatureDoesNotMatch" ->
          "the secret access key does not belong to the access key, or" + " the Region is wrong";
      case "RequestTimeTooSkewed" -> "set this machine's clock: chronyc tracking, or timedatectl";
      default ->
          "allow s3express:CreateSession on the bucket, in the identity's policy and in the"
              + " bucket's, and look at the condition s3express:SessionMode and at the VPC endpoint's"
              + " policy";
    };
  }
}
