package io.expressway.internal.checksum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Crc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ChecksumTest {
  /** Check values of the catalogue of parametrised CRC algorithms, over "123456789". */
  @ParameterizedTest
  @CsvSource({"CRC32C,e3069283", "CRC32,cbf43926", "CRC64NVME,ae8b14860a799888"})
  void checkValues(Crc algorithm, String hex) {
    ByteBuffer digits = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));
    RunningCrc crc = RunningCrc.of(algorithm).update(digits);
    assertThat(crc.value()).isEqualTo(Long.parseUnsignedLong(hex, 16));
    assertThat(RunningCrc.value(algorithm, crc.text())).isEqualTo(crc.value());
    assertThat(digits.position()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void piecesJoinToTheWhole(Crc algorithm) {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("piecesJoinToTheWhole: -Dexpressway.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      byte[] bytes = new byte[random.nextInt(200_000)];
      random.nextBytes(bytes);
      int cut = random.nextInt(bytes.length + 1);
      long first = RunningCrc.of(algorithm).update(ByteBuffer.wrap(bytes, 0, cut)).value();
      long second =
          RunningCrc.of(algorithm).update(ByteBuffer.wrap(bytes, cut, bytes.length - cut)).value();
      assertThat(JoinedCrc.of(algorithm, first, second, bytes.length - cut))
          .as("seed %d, %d bytes cut at %d", seed, bytes.length, cut)
          .isEqualTo(RunningCrc.of(algorithm).update(ByteBuffer.wrap(bytes)).value());
    }
  }

  @Test
  void otherLengthsAreNoChecksums() {
    String four = RunningCrc.text(Crc.CRC32, 1);
    assertThatThrownBy(() -> RunningCrc.value(Crc.CRC64NVME, four))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
