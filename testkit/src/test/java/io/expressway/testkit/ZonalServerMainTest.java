package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user runs it: its own JVM, its output and its exit code. */
class ZonalServerMainTest {
  private static final Pattern FIRST_LINE =
      Pattern.compile(
          "\\{\"zones\":\\["
              + "\\{\"zone\":\"usw2-az1\",\"endpoint\":\"(http://127\\.0\\.0\\.1:\\d+)\"},"
              + "\\{\"zone\":\"usw2-az3\",\"endpoint\":\"(http://127\\.0\\.0\\.1:\\d+)\"}"
              + "],\"accessKeyId\":\"(\\w+)\",\"secretAccessKey\":\"([^\"]+)\""
              + ",\"region\":\"eu-west-1\"}");

  @TempDir Path directory;

  private record Ended(int code, String out, String err) {}

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The jar's manifest says it; newer JDKs warn on the console without.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--enable-native-access"))
        .forEach(command::add);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ZonalServerMain.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile()).start();
  }

  private Ended run(String... arguments) throws Exception {
    return ended(start(arguments));
  }

  /** A process that hangs fails the test after a minute and is ended. */
  private Ended ended(Process process) throws Exception {
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("the process ends").isTrue();
      return new Ended(process.exitValue(), out, Files.readString(directory.resolve("err")));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theFirstLineIsJsonAndTheServerServesUntilItIsTold() throws Exception {
    Process process =
        start(
            "--json",
            "--port",
            "0",
            "--zones",
            "usw2-az1,usw2-az3",
            "--region",
            "eu-west-1",
            "--seed-object",
            "3k:big.bin");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      Matcher line = FIRST_LINE.matcher(String.valueOf(out.readLine()));
      assertThat(line.matches()).isTrue();
      assertThat(out.readLine()).contains("zone usw2-az1").contains(line.group(1));
      assertThat(out.readLine()).contains("bucket demo--usw2-az1--x-s3");
      int port = URI.create(line.group(2)).getPort();
      assertThat(port).isNotEqualTo(URI.create(line.group(1)).getPort());
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      process.destroy();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as("a clean stop").isZero();
      Assertions.assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
          .isInstanceOf(ConnectException.class);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void helpNamesEveryOption() throws Exception {
    Ended help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).isEqualTo(CommandLine.USAGE);
    assertThat(help.err()).isEmpty();
  }

  @Test
  void wrongArgumentsEndWithTwoAndAMessageAndTheUsage() throws Exception {
    Ended refused = run("--prot", "9000");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("error: unknown option '--prot'").contains("usage:");
  }

  @Test
  void aTakenPortEndsWithOneAndIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Ended refused = run("--port", port);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).startsWith("error: ").contains(port);
    }
  }

  @Test
  void aBucketOfNoZoneAndACertificateWithoutTlsAreWrongArguments() throws Exception {
    Ended bucket = run("--port", "0", "--bucket", "demo--usw2-az9--x-s3");
    assertThat(bucket.code()).isEqualTo(2);
    assertThat(bucket.err()).contains("demo--usw2-az9--x-s3").contains("usw2-az1");
    Ended certificate = run("--port", "0", "--cert-out", directory.resolve("cert.pem").toString());
    assertThat(certificate.code()).isEqualTo(2);
    assertThat(certificate.err()).contains("--cert-out").contains("--tls");
  }

  private static void assertRefused(String named, String... arguments) {
    Assertions.assertThatThrownBy(() -> CommandLine.parse(arguments))
        .isInstanceOf(CommandLine.Refused.class)
        .hasMessageContaining(named);
  }

  @Test
  void everyRefusalNamesTheOption() {
    assertRefused("--zones", "--zones", "USW2");
    assertRefused("--zones", "--zones", "usw2-az1,usw2-az1");
    assertRefused("--zones", "--zones", "");
    assertRefused("--port x", "--port", "x");
    assertRefused("--port 65536", "--port", "65536");
    assertRefused("--port -1", "--port", "-1");
    assertRefused("--port", "--port", "65535", "--zones", "usw2-az1,usw2-az3");
    assertRefused("--port needs a value", "--json", "--port");
    assertRefused("--bucket", "--bucket", "Demo");
    assertRefused("--latency fast", "--latency", "fast");
    assertRefused("--session-seconds", "--session-seconds", "0");
    assertRefused("--threads", "--threads", "0");
    assertRefused("--seed-object", "--seed-object", "8m");
    assertRefused("--seed-object", "--seed-object", "4g:big");
    assertRefused("--seed-object", "--seed-object", "-1:big");
    assertRefused("--secret-key", "--access-key", "id");
    assertRefused("--access-key", "--secret-key", "secret");
    assertRefused("--region", "--region", "--json");
    assertRefused("'surplus'", "surplus");
  }

  @Test
  void sizesHaveUnits() {
    CommandLine line =
        CommandLine.parse(
            "--seed-object", "2k:a", "--seed-object", "3M:b:c", "--seed-object", "7:d");
    assertThat(line.seedObjects())
        .containsExactly(
            new CommandLine.SeedObject(2 << 10, "a"),
            new CommandLine.SeedObject(3 << 20, "b:c"),
            new CommandLine.SeedObject(7, "d"));
  }
}
