package io.expressway.internal.sign;

import java.util.Arrays;

/** ASCII text that grows, and keeps its memory when it is emptied. Confined to one thread. */
final class Ascii {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };
  private static final byte[] UPPER_HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };
  private byte[] bytes;
  private int length;

  Ascii(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    length = 0;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  Ascii put(int character) {
    room(1);
    bytes[length++] = (byte) character;
    return this;
  }

  Ascii put(byte[] text) {
    return put(text, 0, text.length);
  }

  Ascii put(byte[] text, int from, int count) {
    room(count);
    System.arraycopy(text, from, bytes, length, count);
    length += count;
    return this;
  }

  @SuppressWarnings("deprecation") // takes the low bytes, which is what ASCII is
  Ascii put(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, length);
    length += text.length();
    return this;
  }

  Ascii put(long number) {
    if (number < 10) {
      return put('0' + (int) number);
    }
    put(number / 10);
    return put('0' + (int) (number % 10));
  }

  Ascii hex(byte[] binary, int count) {
    room(2 * count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = HEX[(binary[i] >> 4) & 15];
      bytes[length++] = HEX[binary[i] & 15];
    }
    return this;
  }

  Ascii percent(int octet) {
    room(3);
    bytes[length++] = '%';
    bytes[length++] = UPPER_HEX[(octet >> 4) & 15];
    bytes[length++] = UPPER_HEX[octet & 15];
    return this;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
