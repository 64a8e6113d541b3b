package io.expressway.internal.xml;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the few small XML documents that requests carry. Confined to one thread. */
public final class XmlText {
  private final StringBuilder text = new StringBuilder();
  private final String root;

  /** A document with this root element. */
  public XmlText(String root) {
    this.root = root;
    open(root);
  }

  /** Begins an element. */
  public XmlText open(String name) {
    text.append('<').append(name).append('>');
    return this;
  }

  /** Ends an element. */
  public XmlText close(String name) {
    text.append("</").append(name).append('>');
    return this;
  }

  /** An element that holds text. */
  public XmlText element(String name, String value) {
    open(name);
    value.chars().forEach(this::append);
    return close(name);
  }

  /** Line ends are written as references: a parser would turn them into others (XML 1.0, 2.11). */
  private void append(int c) {
    switch (c) {
      case '<' -> text.append("&lt;");
      case '>' -> text.append("&gt;");
      case '&' -> text.append("&amp;");
      case '"' -> text.append("&quot;");
      case '\t', '\n', '\r' -> text.append("&#").append(c).append(';');
      default -> text.append((char) c);
    }
  }

  /** The whole document in UTF-8. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(close(root).text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
