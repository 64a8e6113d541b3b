package io.expressway;

import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** The SDK's failures by our names (S3 API, "Error responses", read on 2026-11-22). */
final class SdkFailures {
  private static final Pattern SIZE_IN_HEAD = Pattern.compile("bytes \\*/(\\d{1,18})");
  private static final Pattern SIZE_IN_BODY =
      Pattern.compile("<ActualObjectSize>(\\d{1,18})</ActualObjectSize>");

  private SdkFailures() {}

  /** The failure behind {@code thrown}, which ended the request at {@code site}. */
  static Throwable named(Throwable thrown, RequestSite site) {
    return causes(thrown)
        .filter(cause -> cause instanceof ExpressException)
        .findFirst()
        .orElseGet(() -> translated(thrown, site));
  }

  /**
   * The failure of a request that must not happen twice. What the client sent more than once, or
   * sent and heard nothing of, may have taken effect.
   */
  static Throwable ofOnce(Throwable thrown, RequestSite site) {
    Throwable failure = named(thrown, site);
    int attempts = cause(thrown, SdkException.class).map(SdkFailures::attempts).orElse(1);
    if (!(failure instanceof ExpressException known)
        || (attempts <= 1 && !isSilence(known, thrown))) {
      return failure;
    }
    return new OutcomeUnknownException(
        failure.getMessage()
            + (attempts > 1 ? " (after " + attempts + " attempts of the SDK)" : "")
            + "; whether the request took effect is not known: look before sending it again",
        known.site().operation() == null ? site : known.site(),
        thrown);
  }

  private static int attempts(SdkException thrown) {
    Integer count = thrown.numAttempts();
    return count == null ? 1 : count;
  }

  /** Sent, and not refused: no answer came, or none that tells. */
  private static boolean isSilence(ExpressException failure, Throwable thrown) {
    boolean refused = failure.site().status() == 503 || failure instanceof ThrottledException;
    return failure.isZoneFault() && !refused && cause(thrown, ConnectException.class).isEmpty();
  }

  /** Why one key of many was not deleted. */
  static ExpressException kept(@Nullable String code, @Nullable String said, RequestSite site) {
    String message = said == null ? "the object was not deleted" : said;
    return switch (code == null ? "" : code) {
      case "AccessDenied" -> new AccessDeniedException(message, site, null);
      case "PreconditionFailed" -> new PreconditionFailedException(message, site, null);
      case "SlowDown" -> new ThrottledException(message, site, null);
      case "InternalError", "ServiceUnavailable" ->
          new ZoneUnavailableException(message, site, null);
      default -> new InvalidRequestException(message, site, null);
    };
  }

  private static Stream<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause).limit(20);
  }

  private static <T> Optional<T> cause(Throwable thrown, Class<T> type) {
    return causes(thrown).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static ExpressException translated(Throwable thrown, RequestSite site) {
    return cause(thrown, AwsServiceException.class)
        .map(refusal -> refused(refusal, site))
        .orElseGet(() -> unanswered(thrown, site));
  }

  /** The SDK gave up without an answer that it understood. */
  private static ExpressException unanswered(Throwable thrown, RequestSite site) {
    Throwable first = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    String said = String.valueOf(first == null ? thrown : first.getMessage());
    if (cause(thrown, ApiCallTimeoutException.class).isPresent()
        || cause(thrown, ApiCallAttemptTimeoutException.class).isPresent()) {
      return new DeadlineExceededException(said, site, thrown);
    }
    if (cause(thrown, RejectedExecutionException.class).isPresent()
        || cause(thrown, IllegalStateException.class).isPresent()) {
      return new BucketClosedException("the SDK client takes no requests: " + said, site, thrown);
    }
    String words = said.toLowerCase(Locale.ROOT);
    if (words.contains("credentials")) {
      return new CredentialsException(said, site, thrown);
    }
    if (words.contains("checksum") || cause(thrown, IllegalArgumentException.class).isPresent()) {
      return new CorruptResponseException(said, site, thrown);
    }
    return new ZoneUnavailableException(said, site, thrown);
  }

  private static ExpressException refused(AwsServiceException refusal, RequestSite asked) {
    AwsErrorDetails details = refusal.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    String said = details == null ? null : details.errorMessage();
    String message = said == null ? "the service answered " + refusal.statusCode() : said;
    RequestSite site = asked.answered(refusal.statusCode(), code, refusal.requestId());
    return switch (refusal.statusCode()) {
      case 404 -> missing(code, site, refusal);
      case 416 ->
          new RangeNotSatisfiableException(
              "the range begins past the object's end", site, objectSize(details), refusal);
      case 401, 403 -> new AccessDeniedException(message, site, refusal);
      case 304, 409, 412 ->
          new PreconditionFailedException(
              "the object is not what the condition requires: " + message, site, refusal);
      case 429 -> new ThrottledException(message, site, refusal);
      case 501 -> new InvalidRequestException(message, site, refusal);
      default -> byCode(code, message, site, refusal);
    };
  }

  private static ExpressException missing(
      @Nullable String code, RequestSite site, AwsServiceException refusal) {
    if ("NoSuchBucket".equals(code) || site.key() == null) {
      return new BucketNotFoundException(
          "no such bucket: check its name, zone and endpoint", site, refusal);
    }
    return new ObjectNotFoundException("no such object", site, refusal);
  }

  private static ExpressException byCode(
      @Nullable String code, String message, RequestSite site, AwsServiceException refusal) {
    if ("SlowDown".equals(code) || refusal.isThrottlingException()) {
      return new ThrottledException(message, site, refusal);
    }
    if ("InvalidWriteOffset".equals(code)) {
      return new PreconditionFailedException(
          "the object does not end where the bytes are to go: " + message, site, refusal);
    }
    if ("ExpiredToken".equals(code) || "InvalidToken".equals(code)) {
      return new AccessDeniedException(message, site, refusal);
    }
    if (site.status() >= 500 || "RequestTimeout".equals(code)) {
      return new ZoneUnavailableException(message, site, refusal);
    }
    return new InvalidRequestException(message, site, refusal);
  }

  /** The service tells it in Content-Range or in the error's body, when it does. */
  private static long objectSize(@Nullable AwsErrorDetails details) {
    if (details == null) {
      return -1;
    }
    String head = details.sdkHttpResponse().firstMatchingHeader("Content-Range").orElse("");
    String body =
        details.rawResponse() == null ? "" : details.rawResponse().asString(StandardCharsets.UTF_8);
    return Stream.of(SIZE_IN_HEAD.matcher(head), SIZE_IN_BODY.matcher(body))
        .filter(Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .findFirst()
        .orElse(-1);
  }
}
