package io.expressway.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of one answer: status and headers, found in place in a byte array that the connection
 * owns and reuses. Nothing is decoded until asked for. Valid until the next request on the
 * connection; confined to its event loop.
 *
 * <p>Syntax: RFC 9112, section 4 and 5. Obsolete line folding and bad lengths are refused.
 */
final class ResponseHead {
  private static final int MAX_HEADERS = 128;
  private byte[] text = new byte[0];
  private final int[] nameAt = new int[MAX_HEADERS];
  private final int[] nameEnd = new int[MAX_HEADERS];
  private final int[] valueAt = new int[MAX_HEADERS];
  private final int[] valueEnd = new int[MAX_HEADERS];
  private int headers;
  private int status;
  private boolean keepAlive;
  private long rangeFirst;
  private long rangeLast;
  private long rangeSize;

  /** What is wrong with an answer's syntax. */
  static final class MalformedHead extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedHead(String problem) {
      super(problem);
    }
  }

  /** Index just behind the blank line that ends the head in {@code text[from, to)}, or -1. */
  static int endOf(byte[] text, int from, int to) {
    for (int i = Math.max(from, 3); i < to; i++) {
      if (text[i] == '\n' && text[i - 1] == '\r' && text[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Finds status and headers in {@code bytes[0, end)}, which ends with the blank line. */
  void parse(byte[] bytes, int end) throws MalformedHead {
    text = bytes;
    headers = 0;
    parseStatusLine(end);
    int at = lineEnd(0, end) + 2;
    while (bytes[at] != '\r') {
      int eol = lineEnd(at, end);
      parseHeader(at, eol);
      at = eol + 2;
    }
    keepAlive = keepAlive && !hasToken("connection", "close");
  }

  private void parseStatusLine(int end) throws MalformedHead {
    boolean http1 = end > 13 && startsWith("HTTP/1.") && text[8] == ' ';
    if (!http1) {
      throw new MalformedHead("the answer does not begin with HTTP/1.x");
    }
    status = 0;
    for (int i = 9; i < 12; i++) {
      if (text[i] < '0' || text[i] > '9') {
        throw new MalformedHead("the status is no number of three digits");
      }
      status = status * 10 + text[i] - '0';
    }
    keepAlive = text[7] == '1';
  }

  private boolean startsWith(String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (text[i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int lineEnd(int from, int end) throws MalformedHead {
    for (int i = from; i + 1 < end; i++) {
      if (text[i] == '\r' && text[i + 1] == '\n') {
        return i;
      }
    }
    throw new MalformedHead("a header line does not end");
  }

  private void parseHeader(int from, int eol) throws MalformedHead {
    int colon = from;
    while (colon < eol && text[colon] != ':') {
      text[colon] = lower(text[colon]);
      colon++;
    }
    if (colon == eol || colon == from || text[from] == ' ' || text[from] == '\t') {
      throw new MalformedHead("a header line has no name");
    }
    if (headers == MAX_HEADERS) {
      throw new MalformedHead("the answer has more than " + MAX_HEADERS + " headers");
    }
    int value = colon + 1;
    while (value < eol && isBlank(text[value])) {
      value++;
    }
    int last = eol;
    while (last > value && isBlank(text[last - 1])) {
      last--;
    }
    nameAt[headers] = from;
    nameEnd[headers] = colon;
    valueAt[headers] = value;
    valueEnd[headers++] = last;
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  private static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
  }

  int status() {
    return status;
  }

  /** Whether the connection may carry another request. */
  boolean keepAlive() {
    return keepAlive;
  }

  private int find(String name) {
    for (int i = 0; i < headers; i++) {
      if (nameEnd[i] - nameAt[i] == name.length() && matches(nameAt[i], name)) {
        return i;
      }
    }
    return -1;
  }

  private boolean matches(int at, String name) {
    // From the end: S3's names share their beginnings.
    for (int i = name.length() - 1; i >= 0; i--) {
      if (text[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Nullable String header(String name) {
    int i = find(name);
    return i < 0 ? null : value(i);
  }

  private String value(int i) {
    return new String(text, valueAt[i], valueEnd[i] - valueAt[i], StandardCharsets.ISO_8859_1);
  }

  /** The header's value as {@code known}, without making a new string, when they are the same. */
  @Nullable String header(String name, @Nullable String known) {
    int i = find(name);
    if (i < 0) {
      return null;
    }
    boolean same =
        known != null && known.length() == valueEnd[i] - valueAt[i] && matches(valueAt[i], known);
    return same ? known : value(i);
  }

  private boolean hasToken(String name, String token) {
    String value = header(name);
    return value != null && value.toLowerCase(Locale.ROOT).contains(token);
  }

  boolean isChunked() {
    return hasToken("transfer-encoding", "chunked");
  }

  /** The body's length, or -1 when the head does not tell it. */
  long contentLength() throws MalformedHead {
    int i = find("content-length");
    if (i < 0) {
      return -1;
    }
    return number(valueAt[i], valueEnd[i], "Content-Length");
  }

  /**
   * Reads {@code Content-Range: bytes first-last/size}; false when there is none. For {@code bytes
   * *}{@code /size} first and last are -1 (RFC 9110, 14.4).
   */
  boolean readContentRange() throws MalformedHead {
    int i = find("content-range");
    if (i < 0) {
      return false;
    }
    int end = valueEnd[i];
    int at = valueAt[i] + 6;
    int slash = indexOf('/', valueAt[i], end);
    if (at > end || !matches(valueAt[i], "bytes ") || slash < 0) {
      throw new MalformedHead("Content-Range is not of the form bytes first-last/size");
    }
    int dash = indexOf('-', at, slash);
    rangeFirst = dash < 0 ? -1 : number(at, dash, "Content-Range");
    rangeLast = dash < 0 ? -1 : number(dash + 1, slash, "Content-Range");
    rangeSize = number(slash + 1, end, "Content-Range");
    return true;
  }

  long rangeFirst() {
    return rangeFirst;
  }

  long rangeLast() {
    return rangeLast;
  }

  long rangeSize() {
    return rangeSize;
  }

  private int indexOf(char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private long number(int from, int to, String what) throws MalformedHead {
    if (from >= to || to - from > 18) {
      throw new MalformedHead(what + " holds no number");
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (text[i] < '0' || text[i] > '9') {
        throw new MalformedHead(what + " holds no number");
      }
      value = value * 10 + text[i] - '0';
    }
    return value;
  }

  /** {@code Last-Modified} in seconds since 1970, or -1. */
  long lastModifiedSecond() {
    int i = find("last-modified");
    return i < 0 ? -1 : ImfDate.epochSecond(text, valueAt[i], valueEnd[i]);
  }

  /** The server's clock in seconds since 1970, or -1 when the answer does not tell. */
  long dateSecond() {
    int i = find("date");
    return i < 0 ? -1 : ImfDate.epochSecond(text, valueAt[i], valueEnd[i]);
  }

  /** Whether the user metadata is just this; makes no strings. */
  boolean hasMetadata(Map<String, String> known) {
    int count = 0;
    for (int i = 0; i < headers; i++) {
      if (nameEnd[i] - nameAt[i] > 11 && matches(nameAt[i], "x-amz-meta-")) {
        count++;
        if (!isAmong(known, i)) {
          return false;
        }
      }
    }
    return count == known.size();
  }

  private boolean isAmong(Map<String, String> known, int header) {
    for (Map.Entry<String, String> entry : known.entrySet()) {
      if (is(entry.getKey(), nameAt[header] + 11, nameEnd[header])
          && is(entry.getValue(), valueAt[header], valueEnd[header])) {
        return true;
      }
    }
    return false;
  }

  private boolean is(String known, int at, int end) {
    return known.length() == end - at && matches(at, known);
  }

  /** User metadata, names without their prefix. */
  Map<String, String> metadata() {
    Map<String, String> found = Map.of();
    for (int i = 0; i < headers; i++) {
      if (nameEnd[i] - nameAt[i] > 11 && matches(nameAt[i], "x-amz-meta-")) {
        if (found.isEmpty()) {
          found = new LinkedHashMap<>();
        }
        int at = nameAt[i] + 11;
        found.put(new String(text, at, nameEnd[i] - at, StandardCharsets.ISO_8859_1), value(i));
      }
    }
    return found;
  }
}
