package io.expressway.testkit.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes a response document. Text is escaped; control characters go out as character references,
 * as S3 does when a client does not ask for {@code encoding-type=url}, although XML 1.0 parsers
 * refuse most of them.
 */
final class XmlBody {
  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private final StringBuilder out =
      new StringBuilder(512).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  private final String root;

  XmlBody(String root) {
    this.root = root;
    out.append('<').append(root).append(" xmlns=\"").append(NAMESPACE).append("\">");
  }

  XmlBody open(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  XmlBody close(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  /** An element with text; nothing at all when the text is null. */
  XmlBody text(String name, @Nullable String value) {
    if (value != null) {
      open(name);
      escape(value);
      close(name);
    }
    return this;
  }

  XmlBody number(String name, long value) {
    return text(name, Long.toString(value));
  }

  XmlBody flag(String name, boolean value) {
    return text(name, Boolean.toString(value));
  }

  XmlBody date(String name, Instant value) {
    return text(name, HttpDates.xml(value));
  }

  /** The element of a checksum; nothing when there is none. */
  XmlBody checksum(@Nullable ObjectChecksum checksum) {
    return checksum == null ? this : text(checksum.algorithm().element(), checksum.value());
  }

  /** The document. */
  String document() {
    return close(root).out.toString();
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        default -> plain(c);
      }
    }
  }

  private void plain(char c) {
    if (c < ' ' || c == 0x7f) {
      out.append("&#x").append(Integer.toHexString(c)).append(';');
    } else {
      out.append(c);
    }
  }
}
