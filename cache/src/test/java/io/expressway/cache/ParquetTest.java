package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.WriteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Parquet file, written and read by parquet-java: the same rows as from disk, in few requests.
 */
@SuppressWarnings("NullAway.Init") // made before all tests
final class ParquetTest {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message event {
            required int64 id;
            required binary country (STRING);
            optional binary comment (STRING);
            optional double amount;
            required boolean paid;
          }
          """);
  private static final MessageType TWO_APART =
      MessageTypeParser.parseMessageType(
          "message event { required int64 id; optional double amount; }");
  private static final int ROWS = 60_000;
  private static final int ROWS_A_GROUP = 15_000;
  private static final int GROUPS = ROWS / ROWS_A_GROUP;
  private static final ParquetReadOptions OPTIONS =
      ParquetReadOptions.builder(new PlainParquetConfiguration())
          .withUseHadoopVectoredIo(true)
          .build();

  @TempDir static Path directory;
  private static Zonal zonal;
  private static Path file;
  private static byte[] content;

  @BeforeAll
  static void write() throws Exception {
    zonal = new Zonal();
    file = directory.resolve("events.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(SCHEMA)
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
            .withRowGroupRowCountLimit(ROWS_A_GROUP)
            .build()) {
      SplittableRandom random = new SplittableRandom(3);
      for (int row = 0; row < ROWS; row++) {
        writer.write(row(row, random));
      }
    }
    content = Files.readAllBytes(file);
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  private static Group row(int row, SplittableRandom random) {
    Group group =
        new SimpleGroup(SCHEMA)
            .append("id", (long) row)
            .append("country", "country " + random.nextInt(40)); // a dictionary
    if (random.nextInt(3) > 0) {
      group.add("comment", Long.toHexString(random.nextLong()).repeat(1 + random.nextInt(4)));
    }
    if (random.nextBoolean()) {
      group.add("amount", random.nextDouble());
    }
    return group.append("paid", random.nextBoolean());
  }

  private static List<String> rows(InputFile input, MessageType columns) throws IOException {
    List<String> rows = new ArrayList<>(ROWS);
    try (ParquetFileReader reader = ParquetFileReader.open(input, OPTIONS)) {
      assertThat(reader.getRowGroups()).hasSize(GROUPS);
      reader.setRequestedSchema(columns);
      PageReadStore pages = reader.readNextRowGroup();
      while (pages != null) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(columns, SCHEMA)
                .getRecordReader(pages, new GroupRecordConverter(columns));
        for (long i = 0; i < pages.getRowCount(); i++) {
          rows.add(records.read().toString());
        }
        pages = reader.readNextRowGroup();
      }
    }
    return rows;
  }

  private static Bucket uploaded() throws Exception {
    Bucket bucket = zonal.newBucket();
    Zonal.await(
        bucket.write("day/events.parquet", ByteBuffer.wrap(content), WriteOptions.defaults()));
    zonal.mark();
    return bucket;
  }

  private static void assertSameRows(Bucket bucket, MessageType columns) throws Exception {
    try (ObjectFile input = new ObjectFile(bucket, "day/events.parquet")) {
      assertThat(rows(input, columns))
          .hasSize(ROWS)
          .isEqualTo(rows(new LocalInputFile(file), columns));
    }
  }

  /** The footer comes with the size; then the columns of each group of rows in one request. */
  @Test
  void overABucket() throws Exception {
    try (Bucket bucket = uploaded()) {
      assertSameRows(bucket, SCHEMA);
      assertThat(zonal.requests("GetObject")).isEqualTo(1 + GROUPS);
      assertThat(zonal.requests()).isEqualTo(1 + GROUPS);
    }
  }

  @Test
  void twoColumnsThatLieApart() throws Exception {
    try (Bucket bucket = uploaded()) {
      assertSameRows(bucket, TWO_APART);
      assertThat(zonal.requests("GetObject")).isBetween(1L + GROUPS, 1L + 2 * GROUPS);
      assertThat(zonal.requests("HeadObject")).isZero();
    }
  }

  @Test
  void overACacheNothingIsAskedForTwice() throws Exception {
    try (BlockCache memory = BlockCache.offHeap(64 << 20);
        CachedBucket bucket = new CachedBucket(memory, uploaded())) {
      assertSameRows(bucket, SCHEMA);
      assertThat(zonal.requests("GetObject")).isEqualTo(1 + GROUPS);
      assertThat(zonal.requests()).isEqualTo(1 + GROUPS);
      zonal.mark();
      assertSameRows(bucket, SCHEMA);
      assertSameRows(bucket, TWO_APART);
      assertThat(zonal.requests()).isZero();
      bucket.evict("day/events.parquet");
      assertGivenBack(memory);
    }
  }
}
