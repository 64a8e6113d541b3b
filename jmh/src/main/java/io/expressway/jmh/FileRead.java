package io.expressway.jmh;

import java.util.List;

/**
 * How one object is read as a file. Needs nothing but the JDK, so that a client with another class
 * path reads in the same way.
 */
enum FileRead {
  /** Four column chunks at once; size and version are known, the name tells no format. */
  COLUMN_CHUNKS("4 column chunks of 16 MiB by one vectored read", 16 << 20, "bin"),
  /** The end, twice, and the same chunks; size and version are known. */
  PARQUET(
      "the end of a Parquet file of 16 MiB, twice, then the 4 column chunks", 16 << 20, "parquet"),
  /** From the beginning to the end, as is said before; nothing but the name is known. */
  SEQUENTIAL("64 MiB from the beginning to the end, 128 KiB at a time", 64 << 20, "bin"),
  /** The same from a service as fast as the real one is taken to be. */
  PACED("the same where a connection carries 80 MB/s", 64 << 20, "bin");

  /** 5 ms for everything, and as fast a connection as the model of the service has. */
  static final String PACED_LATENCY = "paced";

  private static final int MAGIC_BYTES = 8;
  private static final int FOOTER_BYTES = 10 << 10;
  private static final int PIECE_BYTES = 128 << 10;

  private final String title;
  private final int objectBytes;
  private final String kind;

  FileRead(String title, int objectBytes, String kind) {
    this.title = title;
    this.objectBytes = objectBytes;
    this.kind = kind;
  }

  String title() {
    return title;
  }

  int objectBytes() {
    return objectBytes;
  }

  /** How its objects' keys end. */
  String kind() {
    return kind;
  }

  String key(int index) {
    return key(index, kind);
  }

  static String key(int index, String kind) {
    return "data/part-" + index + "." + kind;
  }

  boolean isVectored() {
    return compareTo(SEQUENTIAL) < 0;
  }

  /** What the service is like. */
  String latency() {
    return this == PACED ? PACED_LATENCY : "5";
  }

  /** Bytes that one read wants. */
  long askedBytes() {
    long chunks = columnChunks().stream().mapToLong(ReadPattern.Stretch::length).sum();
    return switch (this) {
      case COLUMN_CHUNKS -> chunks;
      case PARQUET -> MAGIC_BYTES + FOOTER_BYTES + chunks;
      case SEQUENTIAL, PACED -> objectBytes;
    };
  }

  /** What comes before, and is not measured. */
  void prepare(PatternClient client, String key) throws Exception {
    if (isVectored()) {
      client.learn(key);
    }
  }

  /** Opens, reads and closes the object. */
  void of(PatternClient client, String key) throws Exception {
    try (PatternClient.Stream stream =
        isVectored() ? client.openKnown(key) : client.openToTheEnd(key)) {
      switch (this) {
        case COLUMN_CHUNKS -> stream.readVectored(columnChunks());
        case PARQUET -> {
          byte[] end = new byte[FOOTER_BYTES];
          stream.read(objectBytes - 1 - MAGIC_BYTES, end, MAGIC_BYTES);
          stream.read(objectBytes - 1 - FOOTER_BYTES, end, FOOTER_BYTES);
          stream.readVectored(columnChunks());
        }
        case SEQUENTIAL, PACED -> {
          byte[] piece = new byte[PIECE_BYTES];
          for (int at = 0; at < objectBytes; at += PIECE_BYTES) {
            stream.read(at, piece, PIECE_BYTES);
          }
        }
      }
    }
  }

  private List<ReadPattern.Stretch> columnChunks() {
    return ReadPattern.columnChunks(objectBytes);
  }
}
