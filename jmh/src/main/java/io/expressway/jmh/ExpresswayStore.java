package io.expressway.jmh;

import io.expressway.ExpressBucket;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Ours, with every option at its default. */
final class ExpresswayStore implements StoreClient {
  private final ExpressBucket bucket;

  ExpresswayStore(ServerAddress server) {
    bucket = ExpresswayClient.open(server, SdkClients.OWN_LIMIT);
  }

  @Override
  public void put(ByteBuffer bytes) {
    bucket.write(MultipartWrite.KEY, bytes, WriteOptions.defaults()).join();
  }

  @Override
  public void fromMemory(ByteBuffer bytes) {
    try (Upload upload = begin()) {
      CompletableFuture<Void> free = upload.lend(bytes);
      upload.complete().join();
      free.join();
    }
  }

  private Upload begin() {
    return bucket.upload(MultipartWrite.KEY, UploadOptions.defaults());
  }

  @Override
  public void fromStream(byte[] array, long size) throws Exception {
    try (Upload upload = begin()) {
      try (OutputStream out = upload.stream()) {
        for (long written = 0; written < size; written += array.length) {
          out.write(array);
        }
      }
      upload.complete().join();
    }
  }

  @Override
  public void fromFile(Path file) throws Exception {
    try (FileChannel channel = FileChannel.open(file);
        Upload upload = begin()) {
      CompletableFuture<Void> free = upload.write(channel, 0, channel.size());
      upload.complete().join();
      free.join();
    }
  }

  @Override
  public void close() {
    bucket.close();
  }
}
