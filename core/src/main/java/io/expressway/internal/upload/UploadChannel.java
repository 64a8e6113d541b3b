package io.expressway.internal.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;

/** Takes bytes for an upload, blocking while it has no room. Closing ends the channel only. */
final class UploadChannel implements WritableByteChannel {
  private final PartedUpload upload;
  private volatile boolean closed;

  UploadChannel(PartedUpload upload) {
    this.upload = upload;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    int count = source.remaining();
    upload.giveBlocking(source);
    return count;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
