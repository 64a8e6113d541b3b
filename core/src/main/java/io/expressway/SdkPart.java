package io.expressway;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes that an SDK answer to a read brings, held against what was asked for, because the SDK
 * does not.
 *
 * @param info the object they are of
 * @param length how many they are
 */
record SdkPart(ObjectInfo info, long length) {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /** Reads the answer's head, and refuses one that does not answer {@code request}. */
  static SdkPart of(ReadRequest request, RequestSite site, @Nullable GetObjectResponse answer)
      throws CorruptResponseException, RangeNotSatisfiableException {
    if (answer == null || answer.contentLength() == null) {
      throw new CorruptResponseException("the answer has no length", site, null);
    }
    long length = answer.contentLength();
    String contentRange = answer.contentRange();
    if (contentRange == null && request.range().isAll()) {
      return new SdkPart(SdkAnswers.info(request.key(), length, answer), length);
    }
    if (contentRange == null && request.range().isSuffix() && length == 0) {
      throw new RangeNotSatisfiableException(
          "the object is empty, asked for " + request.range(), site, 0, null);
    }
    Matcher range = CONTENT_RANGE.matcher(contentRange == null ? "" : contentRange);
    if (!range.matches()
        || !isAskedFor(request.range(), number(range, 1), number(range, 2), number(range, 3))
        || number(range, 2) - number(range, 1) + 1 != length) {
      throw new CorruptResponseException(
          "asked for " + request.range() + ", but got " + length + " bytes as " + contentRange,
          site,
          null);
    }
    return new SdkPart(SdkAnswers.info(request.key(), number(range, 3), answer), length);
  }

  private static long number(Matcher range, int group) {
    return Long.parseLong(range.group(group));
  }

  private static boolean isAskedFor(ByteRange range, long first, long last, long size) {
    if (range.isSuffix()) {
      return last == size - 1 && first == Math.max(0, size - range.length());
    }
    long end = range.isBounded() ? Math.min(size, range.offset() + range.length()) : size;
    return first == range.offset() && last == end - 1 && first <= last;
  }
}
