package io.expressway.internal.upload;

import io.expressway.Crc;
import io.expressway.internal.checksum.RunningCrc;
import io.expressway.internal.upload.PartBody.FileSpan;
import io.expressway.internal.upload.PartMemory.Room;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One part while it is filled: bytes copied into its room, bytes lent by their owner, or a span of
 * a file, with the CRC of all. Confined to the one write that is under way; handed over when sent.
 */
final class Part {
  final int number;
  private final Crc algorithm;
  private final long capacity;
  private final RunningCrc crc;
  private final List<ByteBuffer> sealed = new ArrayList<>();
  private final List<Runnable> ends = new ArrayList<>();
  private @Nullable Room room;
  private @Nullable ByteBuffer open;
  private int openFrom;
  private @Nullable FileSpan file;
  private long size;
  private final AtomicBoolean dropped = new AtomicBoolean();

  Part(int number, long capacity, Crc algorithm) {
    this.number = number;
    this.capacity = capacity;
    this.algorithm = algorithm;
    this.crc = RunningCrc.of(algorithm);
  }

  long size() {
    return size;
  }

  long left() {
    return capacity - size;
  }

  boolean hasRoom() {
    return room != null;
  }

  void room(Room given) {
    room = given;
  }

  long crc() {
    return crc.value();
  }

  /** Copies as much as fits and moves the source's position. */
  void copy(ByteBuffer source) {
    while (left() > 0 && source.hasRemaining()) {
      ByteBuffer chunk = chunk();
      int count = (int) Math.min(Math.min(chunk.remaining(), source.remaining()), left());
      crc.update(source.slice(source.position(), count));
      chunk.put(source.slice(source.position(), count));
      source.position(source.position() + count);
      size += count;
    }
  }

  /** The chunk being filled; bytes put there are part of this part once {@link #filled} says so. */
  ByteBuffer chunk() {
    ByteBuffer current = open;
    if (current == null || !current.hasRemaining()) {
      seal();
      Room mine = room;
      if (mine == null) {
        throw new IllegalStateException("part " + number + " was promised no memory");
      }
      current = mine.chunk();
      open = current;
      openFrom = 0;
    }
    return current;
  }

  /** The last {@code count} bytes put into the chunk are part of this part. */
  void filled(int count) {
    ByteBuffer current = Objects.requireNonNull(open, "filled before chunk");
    crc.update(current.slice(current.position() - count, count));
    size += count;
  }

  /** Takes as much as fits without copying it; {@code end} is run when it is not read any more. */
  void lend(ByteBuffer source, Runnable end) {
    seal();
    int count = (int) Math.min(left(), source.remaining());
    ByteBuffer piece = source.slice(source.position(), count);
    crc.update(piece);
    sealed.add(piece);
    ends.add(end);
    source.position(source.position() + count);
    size += count;
  }

  /** The whole part is this span, shown to {@link #look}; {@code end} as for lent bytes. */
  void file(FileSpan span, Runnable end) {
    file = span;
    ends.add(end);
    size = span.length();
  }

  /** Bytes of the file, for the CRC. */
  void look(ByteBuffer bytes) {
    crc.update(bytes);
  }

  private void seal() {
    ByteBuffer current = open;
    if (current != null && current.position() > openFrom) {
      sealed.add(current.slice(openFrom, current.position() - openFrom));
      openFrom = current.position();
    }
  }

  /** The part as it is sent; nothing is added afterwards. */
  PartBody body() {
    seal();
    return new PartBody(
        List.copyOf(sealed),
        Optional.ofNullable(file),
        size,
        RunningCrc.text(algorithm, crc.value()),
        this::drop);
  }

  /** Gives back what was promised and lent, once. */
  void drop() {
    if (dropped.getAndSet(true)) {
      return;
    }
    Room mine = room;
    if (mine != null) {
      mine.giveBack();
    }
    ends.forEach(Runnable::run);
  }
}
