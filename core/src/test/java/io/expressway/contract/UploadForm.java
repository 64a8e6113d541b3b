package io.expressway.contract;

import io.expressway.Upload;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

/** The ways to give bytes to an upload. */
enum UploadForm {
  WRITE_DIRECT,
  WRITE_HEAP_PIECES,
  LEND,
  CHANNEL,
  STREAM,
  STREAM_BYTE_BY_BYTE,
  FILE,
  PUBLISHER;

  private static final int PIECE = 700_001;

  /** Gives the content; the future completes when the memory is the caller's again. */
  CompletableFuture<Void> give(Upload upload, byte[] content) throws Exception {
    return switch (this) {
      case WRITE_DIRECT -> upload.write(direct(content));
      case WRITE_HEAP_PIECES -> pieces(upload, content);
      case LEND -> upload.lend(direct(content));
      case CHANNEL -> channel(upload, content);
      case STREAM -> stream(upload, content);
      case STREAM_BYTE_BY_BYTE -> bytes(upload, content);
      case FILE -> file(upload, content);
      case PUBLISHER -> publisher(upload, content);
    };
  }

  private static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  private static CompletableFuture<Void> pieces(Upload upload, byte[] content) {
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (int at = 0; at < content.length; at += PIECE) {
      int count = Math.min(PIECE, content.length - at);
      last = upload.write(ByteBuffer.wrap(content, at, count));
    }
    return last;
  }

  private static CompletableFuture<Void> channel(Upload upload, byte[] content) throws Exception {
    try (WritableByteChannel channel = upload.channel()) {
      for (int at = 0; at < content.length; at += PIECE) {
        channel.write(ByteBuffer.wrap(content, at, Math.min(PIECE, content.length - at)));
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> stream(Upload upload, byte[] content) throws Exception {
    try (OutputStream stream = upload.stream()) {
      int step = 1;
      for (int at = 0; at < content.length; at += step) {
        step = Math.min(step * 3, content.length - at);
        stream.write(content, at, step);
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> bytes(Upload upload, byte[] content) throws Exception {
    try (OutputStream stream = upload.stream()) {
      for (byte octet : content) {
        stream.write(octet);
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> file(Upload upload, byte[] content) throws Exception {
    Path path = Files.createTempFile("expressway-upload", ".bin");
    Files.write(path, new byte[17]);
    Files.write(path, content, StandardOpenOption.APPEND);
    FileChannel file = FileChannel.open(path, StandardOpenOption.DELETE_ON_CLOSE);
    return upload
        .write(file, 17, content.length)
        .whenComplete((nothing, why) -> closeQuietly(file));
  }

  private static void closeQuietly(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompletableFuture<Void> publisher(Upload upload, byte[] content) {
    SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
    CompletableFuture<Void> taken = upload.write((Flow.Publisher<ByteBuffer>) publisher);
    for (int at = 0; at < content.length; at += PIECE) {
      publisher.submit(ByteBuffer.wrap(content, at, Math.min(PIECE, content.length - at)));
    }
    publisher.close();
    return taken;
  }
}
