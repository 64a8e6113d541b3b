package io.expressway.internal.checksum;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME: reflected polynomial 0xad93d23594c93659, all ones in and out (NVM Express NVM
 * Command Set Specification 1.0, 5.2.1.3.4). Eight tables take eight bytes at a time; the JDK has
 * no such checksum and the SDK's needs a native library.
 */
final class Crc64Nvme implements Checksum {
  /** Reflected, as all tables here. */
  static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

  private static final long[][] TABLES = tables();

  private long state = ~0L;

  @Override
  public void update(int octet) {
    state = (state >>> 8) ^ TABLES[0][(int) ((state ^ octet) & 0xff)];
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    update(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public void update(ByteBuffer body) {
    ByteBuffer bytes = body.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    body.position(body.limit());
    long crc = state;
    while (bytes.remaining() >= 8) {
      crc = eightBytes(crc ^ bytes.getLong());
    }
    while (bytes.hasRemaining()) {
      crc = (crc >>> 8) ^ TABLES[0][(int) ((crc ^ bytes.get()) & 0xff)];
    }
    state = crc;
  }

  @Override
  public long getValue() {
    return ~state;
  }

  @Override
  public void reset() {
    state = ~0L;
  }

  private static long[][] tables() {
    long[][] tables = new long[8][256];
    for (int octet = 0; octet < 256; octet++) {
      long crc = octet;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
      }
      tables[0][octet] = crc;
    }
    for (int octet = 0; octet < 256; octet++) {
      for (int t = 1; t < 8; t++) {
        long before = tables[t - 1][octet];
        tables[t][octet] = (before >>> 8) ^ tables[0][(int) (before & 0xff)];
      }
    }
    return tables;
  }

  private static long eightBytes(long word) {
    long crc = 0;
    for (int i = 0; i < 8; i++) {
      crc ^= TABLES[7 - i][(int) (word >>> (8 * i)) & 0xff];
    }
    return crc;
  }
}
