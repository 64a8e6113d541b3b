package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the system has in memory of a file. */
@EnabledOnOs({
  OS.LINUX, OS.MAC
}) // elsewhere the kernel is not asked, and every read goes to a thread
final class ResidentFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private ResidentFile open(byte[] content) throws Exception {
    Path file = Files.write(directory.resolve("file"), content);
    return Objects.requireNonNull(ResidentFile.open(file));
  }

  @Test
  void whatWasJustWrittenIsInMemory() throws Exception {
    byte[] content = Zonal.content(MIB, 1);
    try (ResidentFile file = open(content)) {
      assertThat(file.has(12_345, 100_000)).isTrue();
      ByteBuffer target = ByteBuffer.allocateDirect(100_000);
      assertThat(file.read(target, 12_345)).isTrue();
      assertThat(target).isEqualTo(ByteBuffer.wrap(content, 12_345, 100_000));
    }
  }

  /** A file with a hole, of which nothing was ever read. */
  @Test
  void whatNobodyReadIsNot() throws Exception {
    Path path = directory.resolve("hole");
    try (RandomAccessFile hole = new RandomAccessFile(path.toFile(), "rw")) {
      hole.setLength(8 * MIB);
    }
    try (ResidentFile file = Objects.requireNonNull(ResidentFile.open(path))) {
      assertThat(file.has(4 * MIB, 64 << 10)).isFalse();
    }
  }

  @Test
  void whatIsPastTheEndIsNot() throws Exception {
    try (ResidentFile file = open(new byte[10_000])) {
      assertThat(file.has(9_000, 1_000)).isTrue();
      assertThat(file.has(9_000, 1_001)).isFalse();
    }
  }

  @Test
  void whatIsClosedIsNot() throws Exception {
    ResidentFile file = open(new byte[MIB]);
    file.close();
    file.close();
    assertThat(file.isOpen()).isFalse();
    assertThatThrownBy(() -> file.read(ByteBuffer.allocateDirect(10), 0))
        .isInstanceOf(ClosedChannelException.class);
  }

  /** The room of a file that is deleted is free at once: no mapping keeps it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void noMappingIsLeft() throws Exception {
    try (ResidentFile file = open(new byte[MIB])) {
      assertThat(file.has(0, MIB)).isTrue();
      assertThat(mappings()).contains(directory.toString());
    }
    assertThat(mappings()).doesNotContain(directory.toString());
  }

  private static String mappings() throws Exception {
    return Files.readString(Path.of("/proc/self/maps"));
  }

  /** As the JDK has it; the interrupt is not swallowed. */
  @Test
  void anInterruptClosesIt() throws Exception {
    try (ResidentFile file = open(new byte[MIB])) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.read(ByteBuffer.allocateDirect(10), 0))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.isOpen()).isFalse();
    }
  }
}
