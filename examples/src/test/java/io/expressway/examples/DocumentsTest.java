package io.expressway.examples;

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
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every block of Java in the README and in docs/ compiles, as the body of a method of its own. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?m)^```java\n((?s:.*?))^```$");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\n");

  private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]+ \\| `([^`]+)`.* \\|$");

  /** What the blocks take for granted. */
  private static final String PRELUDE =
      """
      import io.expressway.*;
      import io.expressway.cache.*;
      import io.expressway.multiaz.*;
      import io.expressway.session.*;
      import io.expressway.testkit.*;
      import java.io.*;
      import java.nio.*;
      import java.nio.file.Path;
      import java.time.*;
      import java.util.*;
      import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
      %s
      abstract class Block%d {
        interface Writer { void writeTo(OutputStream out); }
        static void parse(List<ByteBuffer> buffers) {}
        Sessions sessions; Bucket bucket; ByteBuffer body; ByteBuffer trailer;
        List<ByteRange> ranges; Writer writer; AwsCredentialsProvider provider;
        void run() throws Exception {
      %s
        }
      }
      """;

  /** What the README's table of calls takes for granted beside it. */
  private static final String TABLE =
      """
      import io.micrometer.core.instrument.MeterRegistry;
      import software.amazon.awssdk.services.s3.S3AsyncClient;
      String key = ""; String keyArn = ""; long offset = 0; int n = 1; ByteRange range = null;
      ByteBuffer buffer = null; ByteBuffer bytes = null; ObjectInfo info = null; Slice slice = null;
      ExpressBucket expressBucket = null; MultiAzBucket multiAzBucket = null;
      S3AsyncClient s3AsyncClient = null; MeterRegistry registry = null;
      """;

  @Test
  void blocksOfJavaCompile(@TempDir Path classes) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    for (Path document : documents()) {
      for (MatchResult block : BLOCK.matcher(Files.readString(document)).results().toList()) {
        sources.add(source(sources.size(), ROOT.relativize(document), block.group(1)));
      }
    }
    compile(sources, classes);
    assertThat(sources).hasSizeGreaterThan(8);
  }

  @Test
  void callsOfTheReadmesTableCompile(@TempDir Path classes) throws IOException {
    Path readme = ROOT.resolve("README.md");
    List<JavaFileObject> sources = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Files.readString(readme)).results().toList()) {
      String call = row.group(1);
      String statement =
          call.startsWith("for (") || call.startsWith("try (") ? call + " {}" : call + ";";
      sources.add(source(sources.size(), readme, TABLE + statement));
    }
    compile(sources, classes);
    assertThat(sources).hasSizeGreaterThan(15);
  }

  private static void compile(List<JavaFileObject> sources, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options = List.of("-proc:none", "-d", classes.toString());
    StringWriter complaints = new StringWriter();

    boolean compiled = compiler.getTask(complaints, null, null, options, null, sources).call();

    assertThat(compiled).as(complaints.toString()).isTrue();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.endsWith("spark.md")) // compiled where Spark is, in spark/
          .sorted()
          .toList();
    }
  }

  private static JavaFileObject source(int number, Path document, String block) {
    String imports =
        String.join("", IMPORT.matcher(block).results().map(MatchResult::group).toList());
    String text = PRELUDE.formatted(imports, number, IMPORT.matcher(block).replaceAll(""));
    URI name = URI.create("string:///" + document + "/Block" + number + ".java");
    return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
