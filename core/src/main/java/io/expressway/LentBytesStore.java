package io.expressway;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.PointerBytesStore;

/** A Chronicle view on lent memory: keeps the lease until it is released. */
final class LentBytesStore extends PointerBytesStore {
  private final ByteBuffer memory;
  private final Lease lease;

  LentBytesStore(ByteBuffer memory, Lease lease) {
    this.memory = memory;
    this.lease = lease;
    set(Unpooled.wrappedBuffer(memory).memoryAddress(), memory.remaining());
  }

  @Override
  protected void performRelease() {
    super.performRelease();
    if (memory.isDirect()) {
      lease.release();
    }
  }
}
