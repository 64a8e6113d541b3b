package io.expressway.testkit.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two date formats of S3: IMF-fixdate in headers (RFC 9110, 5.6.7), ISO 8601 in XML. */
final class HttpDates {
  private static final DateTimeFormatter FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private HttpDates() {}

  static String header(Instant instant) {
    return FIXDATE.format(instant);
  }

  static String xml(Instant instant) {
    return ISO.format(instant);
  }

  /** Either format, to the second; null when the text is no date, which RFC 9110 says to ignore. */
  static @Nullable Instant parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Instant http = parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    return http != null ? http : parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  }

  private static @Nullable Instant parse(String text, DateTimeFormatter format) {
    try {
      return format.parse(text, Instant::from).truncatedTo(ChronoUnit.SECONDS);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
