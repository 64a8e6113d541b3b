package io.expressway.cache;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file's pages, which can be asked about and not be read, until the mapping is ended: by an arena
 * where the JDK has them (22 and newer), by what the JDK has offered for it since 9 elsewhere. The
 * garbage collector, which ends all others, may take long to come, and a mapping keeps the room of
 * a deleted file.
 *
 * <p>Thread: safe for many.
 */
final class Mapping implements AutoCloseable {
  private static final @Nullable Way WAY = way();

  private final MappedByteBuffer pages;
  private final End end;
  private boolean isEnded;

  private interface End {
    void now() throws Throwable;
  }

  private interface Way {
    Mapping map(FileChannel channel, long size) throws Throwable;
  }

  private Mapping(MappedByteBuffer pages, End end) {
    this.pages = pages;
    this.end = end;
  }

  /** Whether a mapping can be ended here; where it cannot, there is none. */
  static boolean isPossible() {
    return WAY != null;
  }

  /** The whole file. */
  static Mapping of(FileChannel channel) throws IOException {
    try {
      return Objects.requireNonNull(WAY, "look first").map(channel, channel.size());
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("no method that is used throws this", e);
    }
  }

  private static @Nullable Way way() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      return Runtime.version().feature() >= 22 ? byArena(lookup) : byCleaner(lookup);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private static Way byArena(MethodHandles.Lookup lookup) throws ReflectiveOperationException {
    Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
    Class<?> segmentType = Class.forName("java.lang.foreign.MemorySegment");
    MethodHandle open = lookup.findStatic(arenaType, "ofShared", MethodType.methodType(arenaType));
    MethodHandle close = lookup.findVirtual(arenaType, "close", MethodType.methodType(void.class));
    MethodHandle map =
        lookup.findVirtual(
            FileChannel.class,
            "map",
            MethodType.methodType(
                segmentType, FileChannel.MapMode.class, long.class, long.class, arenaType));
    MethodHandle view =
        lookup.findVirtual(segmentType, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
    return (channel, size) -> {
      Object arena = open.invoke();
      Object segment = map.invoke(channel, FileChannel.MapMode.READ_ONLY, 0L, size, arena);
      return new Mapping(
          (MappedByteBuffer) (ByteBuffer) view.invoke(segment), () -> close.invoke(arena));
    };
  }

  private static Way byCleaner(MethodHandles.Lookup lookup) throws ReflectiveOperationException {
    Class<?> unsafe = Class.forName("sun.misc.Unsafe");
    Field only = unsafe.getDeclaredField("theUnsafe");
    only.setAccessible(true);
    MethodHandle clean =
        lookup
            .findVirtual(
                unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
            .bindTo(only.get(null));
    return (channel, size) -> {
      MappedByteBuffer pages = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
      return new Mapping(pages, () -> clean.invoke((ByteBuffer) pages));
    };
  }

  /** Whether the system had all of it in memory a moment ago: mincore(2), on Linux and macOS. */
  boolean isInMemory(long from, int length) {
    try {
      return from + length <= pages.capacity() && pages.slice((int) from, length).isLoaded();
    } catch (Exception e) {
      return false; // it was ended meanwhile, and mincore fails, which no signature says
    }
  }

  @Override
  public synchronized void close() {
    if (isEnded) {
      return;
    }
    isEnded = true;
    try {
      end.now();
    } catch (Throwable e) {
      throw new IllegalStateException("the mapping cannot be ended", e);
    }
  }
}
