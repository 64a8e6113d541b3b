package io.expressway.testkit;

import io.expressway.testkit.auth.Session;
import io.expressway.testkit.store.S3Error;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** The two documents that the front itself writes. */
final class Xml {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
  private static final String PROLOG = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  private Xml() {}

  /** The body of an error (Amazon S3 API reference, "Error responses", read on 2026-11-22). */
  static String error(S3Error error, String requestId, String hostId) {
    StringBuilder out = new StringBuilder(256).append(PROLOG).append("<Error>");
    element(out, "Code", error.code());
    element(out, "Message", error.message());
    for (Map.Entry<String, String> extra : error.elements().entrySet()) {
      element(out, extra.getKey(), extra.getValue());
    }
    element(out, "RequestId", requestId);
    element(out, "HostId", hostId);
    return out.append("</Error>").toString();
  }

  /** CreateSession page: the root is CreateSessionResult, times have whole seconds. */
  static String session(Session session) {
    StringBuilder out = new StringBuilder(1024).append(PROLOG);
    out.append("<CreateSessionResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    out.append("<Credentials>");
    element(out, "SessionToken", session.token());
    element(out, "SecretAccessKey", session.keys().secretAccessKey());
    element(out, "AccessKeyId", session.keys().accessKeyId());
    element(out, "Expiration", seconds(session.expiration()));
    return out.append("</Credentials></CreateSessionResult>").toString();
  }

  private static String seconds(Instant at) {
    return SECONDS.format(at);
  }

  private static void element(StringBuilder out, String name, String text) {
    out.append('<').append(name).append('>');
    for (int i = 0; i < text.length(); i++) {
      escape(out, text.charAt(i));
    }
    out.append("</").append(name).append('>');
  }

  private static void escape(StringBuilder out, char c) {
    switch (c) {
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '&' -> out.append("&amp;");
      case '"' -> out.append("&quot;");
      default -> {
        if (c >= ' ' || c == '\n' || c == '\t') {
          out.append(c);
        } else {
          out.append("&#xFFFD;");
        }
      }
    }
  }
}
