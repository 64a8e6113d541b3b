package io.expressway.multiaz;

import io.expressway.ExpressException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.ExecutionException;

/** Takes bytes for an upload, blocking while it has no room. Closing ends the channel only. */
final class FanOutChannel implements WritableByteChannel {
  private final FanOutUpload upload;
  private volatile boolean closed;

  FanOutChannel(FanOutUpload upload) {
    this.upload = upload;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    int count = source.remaining();
    try {
      upload.write(source).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw upload.interrupted(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ExpressException known ? known : new IOException(e.getCause());
    }
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
