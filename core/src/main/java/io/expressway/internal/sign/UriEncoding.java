package io.expressway.internal.sign;

import java.nio.charset.StandardCharsets;

/**
 * Percent encoding as signatures want it: everything but {@code A-Z a-z 0-9 - . _ ~}, in upper-case
 * hex of UTF-8; {@code /} stands in paths (AWS General Reference, "UriEncode()", 2026-11-22).
 */
public final class UriEncoding {
  private static final boolean[] UNRESERVED = unreserved();

  private UriEncoding() {}

  private static boolean[] unreserved() {
    boolean[] plain = new boolean[128];
    for (char c :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".toCharArray()) {
      plain[c] = true;
    }
    return plain;
  }

  /** One query name or value, encoded. */
  public static String component(String text) {
    Ascii encoded = new Ascii(text.length() * 3);
    append(encoded, text, false);
    return new String(encoded.array(), 0, encoded.length(), StandardCharsets.US_ASCII);
  }

  static void path(Ascii target, String path) {
    append(target, path, true);
  }

  private static void append(Ascii target, String text, boolean slashStands) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 128) {
        appendOctets(target, text.substring(i), slashStands);
        return;
      }
      appendOctet(target, c, slashStands);
    }
  }

  private static void appendOctets(Ascii target, String text, boolean slashStands) {
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      appendOctet(target, octet & 0xff, slashStands);
    }
  }

  private static void appendOctet(Ascii target, int octet, boolean slashStands) {
    if (octet < 128 && (UNRESERVED[octet] || (slashStands && octet == '/'))) {
      target.put(octet);
    } else {
      target.percent(octet);
    }
  }
}
