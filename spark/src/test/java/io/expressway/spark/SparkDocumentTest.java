package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every block of Java in docs/spark.md compiles, as the body of a method of its own. */
final class SparkDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/spark.md");
  private static final Pattern BLOCK = Pattern.compile("(?m)^```java\n((?s:.*?))^```$");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\n");
  private static final String PRELUDE =
      """
      import static org.apache.spark.sql.functions.*;
      import io.expressway.spark.*;
      import java.nio.ByteBuffer;
      import java.util.List;
      import org.apache.spark.api.java.JavaRDD;
      import org.apache.spark.sql.*;
      %s
      abstract class Block%d {
        static long sum(List<ByteBuffer> buffers) { return buffers.size(); }
        static BucketDescription logs; SparkSession session; Dataset<Row> files;
        JavaRDD<KeyRange> ranges;
        void run() throws Exception {
      %s
        }
      }
      """;

  @Test
  void blocksOfJavaCompile(@TempDir Path classes) throws IOException {
    List<String> blocks =
        BLOCK.matcher(Files.readString(DOCUMENT)).results().map(MatchResult::group).toList();
    List<JavaFileObject> sources =
        IntStream.range(0, blocks.size()).mapToObj(i -> source(i, blocks.get(i))).toList();
    List<String> options = List.of("-proc:none", "-d", classes.toString());
    StringWriter complaints = new StringWriter();

    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(complaints, null, null, options, null, sources)
            .call();

    assertThat(compiled).as(complaints.toString()).isTrue();
    assertThat(sources).hasSizeGreaterThan(2);
  }

  private static JavaFileObject source(int number, String block) {
    String body = block.substring("```java\n".length(), block.length() - "```".length());
    String imports =
        String.join("", IMPORT.matcher(body).results().map(MatchResult::group).toList());
    String text = PRELUDE.formatted(imports, number, IMPORT.matcher(body).replaceAll(""));
    return new SimpleJavaFileObject(
        URI.create("string:///Block" + number + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
