package io.expressway.jmh;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileRange;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hadoop's S3A. Settings are at their defaults but for where the service is, IAM keys instead of
 * sessions, as the others have, and the input stream.
 */
final class S3aPatterns implements PatternClient {
  private static final String POLICY = "fs.option.openfile.read.policy";

  private final FileSystem files;
  private final Path root;
  private final Map<String, FileStatus> known = new ConcurrentHashMap<>();

  private S3aPatterns(ServerAddress server, String inputStream) throws IOException {
    URI uri = URI.create("s3a://" + server.bucket() + "/");
    this.files = FileSystem.newInstance(uri, configuration(server, inputStream));
    this.root = new Path(uri);
  }

  /** Has {@link PatternReader} read by the input stream of that name, {@code classic} say. */
  public static void main(String[] args) throws Exception {
    ServerAddress server = ServerAddress.of(args[0]);
    PatternReader.serve(new S3aPatterns(server, args[1]), server);
  }

  private static Configuration configuration(ServerAddress server, String inputStream) {
    Configuration configuration = new Configuration();
    configuration.set("fs.s3a.endpoint", server.endpoint().toString());
    configuration.set("fs.s3a.endpoint.region", server.region());
    configuration.setBoolean("fs.s3a.path.style.access", true);
    configuration.set(
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
    configuration.set("fs.s3a.access.key", server.accessKeyId());
    configuration.set("fs.s3a.secret.key", server.secretAccessKey());
    configuration.setBoolean("fs.s3a.s3express.create.session", false);
    configuration.set("fs.s3a.input.stream.type", inputStream);
    return configuration;
  }

  @Override
  public Stream open(String key) throws Exception {
    return new Opened(files.open(new Path(root, key)));
  }

  @Override
  public Stream openToTheEnd(String key) throws Exception {
    return new Opened(
        files.openFile(new Path(root, key)).opt(POLICY, "whole-file, sequential").build().get());
  }

  @Override
  public Stream openKnown(String key) throws Exception {
    return new Opened(
        files
            .openFile(new Path(root, key))
            .opt(POLICY, "parquet, vector, random")
            .withFileStatus(Objects.requireNonNull(known.get(key)))
            .build()
            .get());
  }

  @Override
  public void learn(String key) throws IOException {
    known.put(key, files.getFileStatus(new Path(root, key)));
  }

  /** Nothing of what it keeps can be dropped: read other objects instead. */
  @Override
  public void forget() {
    throw new UnsupportedOperationException("S3A forgets when it wants to");
  }

  private record Opened(FSDataInputStream stream) implements Stream {
    @Override
    public void read(long from, byte[] into, int length) throws IOException {
      if (stream.getPos() != from) {
        stream.seek(from);
      }
      stream.readFully(into, 0, length);
    }

    @Override
    public void readVectored(List<ReadPattern.Stretch> stretches) throws Exception {
      List<FileRange> ranges = new ArrayList<>();
      for (ReadPattern.Stretch stretch : stretches) {
        ranges.add(FileRange.createFileRange(stretch.from(), stretch.length()));
      }
      stream.readVectored(ranges, ByteBuffer::allocate);
      for (FileRange range : ranges) {
        ByteBuffer data = range.getData().get();
        if (data.remaining() != range.getLength()) {
          throw new IOException(range + " came with " + data.remaining() + " bytes");
        }
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
