package io.expressway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class WritingExamplesTest {
  private interface Example {
    void run(Arguments arguments) throws Exception;
  }

  private static String run(Example example) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example.run(Arguments.parse(new String[0]));
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStreamIsUploadedInParallelParts() throws Exception {
    assertThat(run(ParallelUpload::run)).containsPattern("stored 115.000.000 bytes in .* MB/s");
  }

  @Test
  void aLogIsAppendedTo() throws Exception {
    assertThat(run(AppendLog::run))
        .containsPattern("1.000 lines are durable, 9.890 bytes")
        .containsPattern("read back 1.000 lines");
  }

  @Test
  void aStateIsPublishedOnce() throws Exception {
    assertThat(run(AtomicPublish::run))
        .contains("published: {\"state\": 2}")
        .contains("another publisher was first")
        .doesNotContain("published: {\"state\": 3}");
  }
}
