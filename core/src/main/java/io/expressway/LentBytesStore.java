package io.expressway;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.PointerBytesStore;

/** A Chronicle view on lent memory: keeps the lease until it is released. */
final class LentBytesStore extends PointerBytesStore {
  private final ByteBuffer lent;
  private final LentMemory lease;

  LentBytesStore(ByteBuffer lent, LentMemory lease) {
    this.lent = lent;
    this.lease = lease;
    set(Unpooled.wrappedBuffer(lent).memoryAddress(), lent.remaining());
  }

  /** At once, on the releasing thread: memory must not wait for Chronicle's own. */
  @Override
  protected boolean canReleaseInBackground() {
    return false;
  }

  @Override
  protected void performRelease() {
    super.performRelease();
    if (lent.isDirect()) {
      lease.release();
    }
  }
}
