package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME: reflected polynomial {@code 0xAD93D23594C93659}, all-ones start and final inversion.
 * Eight bytes a step (slicing by eight).
 *
 * <p>Source: NVM Express NVM Command Set specification, 64b CRC; check value of "123456789" is
 * {@code AE8B14860A799888}.
 */
final class Crc64Nvme implements Checksum {
  private static final long REFLECTED = 0x9A6C9329AC4BC9B5L;
  private static final long[][] TABLE = tables();

  private long crc = ~0L;

  @Override
  public void update(int b) {
    crc = step(crc, b);
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    update(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public void update(ByteBuffer source) {
    ByteBuffer in = source.order(ByteOrder.LITTLE_ENDIAN);
    long c = crc;
    while (in.remaining() >= 8) {
      c = eight(c ^ in.getLong());
    }
    while (in.hasRemaining()) {
      c = step(c, in.get());
    }
    crc = c;
  }

  @Override
  public long getValue() {
    return ~crc;
  }

  @Override
  public void reset() {
    crc = ~0L;
  }

  private static long step(long c, int b) {
    return TABLE[0][(int) (c ^ b) & 0xff] ^ (c >>> 8);
  }

  private static long eight(long c) {
    return TABLE[7][(int) c & 0xff]
        ^ TABLE[6][(int) (c >>> 8) & 0xff]
        ^ TABLE[5][(int) (c >>> 16) & 0xff]
        ^ TABLE[4][(int) (c >>> 24) & 0xff]
        ^ TABLE[3][(int) (c >>> 32) & 0xff]
        ^ TABLE[2][(int) (c >>> 40) & 0xff]
        ^ TABLE[1][(int) (c >>> 48) & 0xff]
        ^ TABLE[0][(int) (c >>> 56)];
  }

  private static long[][] tables() {
    long[][] t = new long[8][256];
    for (int n = 0; n < 256; n++) {
      long c = n;
      for (int bit = 0; bit < 8; bit++) {
        c = (c & 1) == 0 ? c >>> 1 : (c >>> 1) ^ REFLECTED;
      }
      t[0][n] = c;
    }
    for (int slice = 1; slice < 8; slice++) {
      for (int n = 0; n < 256; n++) {
        t[slice][n] = t[0][(int) t[slice - 1][n] & 0xff] ^ (t[slice - 1][n] >>> 8);
      }
    }
    return t;
  }
}
