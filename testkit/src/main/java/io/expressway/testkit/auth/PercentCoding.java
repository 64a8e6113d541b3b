package io.expressway.testkit.auth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * URI encoding as Signature Version 4 wants it: every byte but {@code A-Z a-z 0-9 - . _ ~} becomes
 * {@code %XX} with upper-case digits (Amazon S3 API reference, "Signature Calculations for the
 * Authorization Header", UriEncode, read on 2026-11-22).
 */
final class PercentCoding {
  private static final char[] UPPER_HEX = "0123456789ABCDEF".toCharArray();

  private PercentCoding() {}

  static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** True when the text is its own encoding. */
  static boolean isPlain(String raw, boolean keepSlash) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (!isUnreserved(c) && !(keepSlash && c == '/')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Decodes to bytes.
   *
   * @param raw ASCII or Latin-1 text as it came over the wire, one char per byte
   * @param plusIsSpace true in a query
   * @throws IllegalArgumentException when a percent sign is not followed by two hex digits
   */
  static byte[] decode(String raw, boolean plusIsSpace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        out.write(hexByte(raw, i + 1));
        i += 2;
      } else {
        out.write(c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    return out.toByteArray();
  }

  static String decodeText(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0 && isPlain(raw, true)) {
      return raw;
    }
    return new String(decode(raw, plusIsSpace), StandardCharsets.UTF_8);
  }

  static String encode(byte[] bytes, boolean keepSlash) {
    StringBuilder out = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      char c = (char) (b & 0xff);
      if (isUnreserved(c) || (keepSlash && c == '/')) {
        out.append(c);
      } else {
        out.append('%').append(UPPER_HEX[c >> 4]).append(UPPER_HEX[c & 15]);
      }
    }
    return out.toString();
  }

  private static int hexByte(String raw, int at) {
    if (at + 2 > raw.length()) {
      throw new IllegalArgumentException("a percent sign without two hex digits");
    }
    int high = Character.digit(raw.charAt(at), 16);
    int low = Character.digit(raw.charAt(at + 1), 16);
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException("a percent sign without two hex digits");
    }
    return high << 4 | low;
  }
}
