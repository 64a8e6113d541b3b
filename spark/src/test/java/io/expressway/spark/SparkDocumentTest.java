package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of Java and of Scala in docs/spark.md compiles, as the body of a method of its own;
 * the Python is lines of the program that {@code spark/run python} runs.
 */
final class SparkDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/spark.md");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\n");
  private static final Path PROGRAM = Path.of("cluster/functions.py");
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

  private static final String SCALA_PRELUDE =
      """
      import io.expressway.Slice
      import io.expressway.spark._
      import org.apache.spark.rdd.RDD
      import org.apache.spark.sql._
      import org.apache.spark.sql.functions._
      abstract class ScalaBlock%d {
        def logs: BucketDescription; def spark: SparkSession; def files: DataFrame
        def ranges: RDD[KeyRange]
        def run(): Unit = {
      %s
        }
      }
      """;

  private static List<String> blocks(String language) throws IOException {
    Pattern block = Pattern.compile("(?m)^```" + language + "\n((?s:.*?))^```$");
    return block
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  @Test
  void blocksOfJavaCompile(@TempDir Path classes) throws IOException {
    List<String> blocks = blocks("java");
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

  @Test
  @Tag("one-jdk")
  void blocksOfScalaCompile(@TempDir Path directory) throws IOException {
    List<String> blocks = blocks("scala");
    List<String> arguments = new ArrayList<>(List.of("-usejavacp", "-d", directory.toString()));
    for (int i = 0; i < blocks.size(); i++) {
      Path source = directory.resolve("ScalaBlock" + i + ".scala");
      arguments.add(
          Files.writeString(source, SCALA_PRELUDE.formatted(i, blocks.get(i))).toString());
    }

    assertThat(blocks).isNotEmpty();
    assertThat(scala.tools.nsc.Main.process(arguments.toArray(String[]::new)))
        .as("what scalac said is above")
        .isTrue();
  }

  @Test
  void blocksOfPythonAreRun() throws IOException {
    assertThat(blocks("python")).isNotEmpty();
    assertThat(Files.readAllLines(PROGRAM))
        .containsAll(blocks("python").stream().flatMap(String::lines).toList());
  }

  private static JavaFileObject source(int number, String block) {
    String imports =
        String.join("", IMPORT.matcher(block).results().map(MatchResult::group).toList());
    String text = PRELUDE.formatted(imports, number, IMPORT.matcher(block).replaceAll(""));
    return new SimpleJavaFileObject(
        URI.create("string:///Block" + number + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
