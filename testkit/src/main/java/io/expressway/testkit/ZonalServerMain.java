package io.expressway.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link ZonalServer} alone, for clients in any language. Ends on SIGTERM or SIGINT with
 * exit code 0; wrong arguments end it with 2, a port that is taken with 1.
 */
public final class ZonalServerMain {
  private static final int WRONG_ARGUMENTS = 2;

  private ZonalServerMain() {}

  /** Starts the server and stays until the process is told to end. */
  public static void main(String[] args) throws InterruptedException {
    CommandLine line;
    try {
      line = CommandLine.parse(args);
    } catch (CommandLine.Refused e) {
      System.err.println("error: " + e.getMessage());
      System.err.print(CommandLine.USAGE);
      System.exit(WRONG_ARGUMENTS);
      return;
    }
    if (line.help()) {
      System.out.print(CommandLine.USAGE);
      return;
    }
    @Nullable ZonalServer server = start(line);
    if (server == null) {
      System.exit(1);
      return;
    }
    CountDownLatch told = stopOnSignal(server);
    print(server, line.json(), System.out); // whoever reads it may end the process at once
    told.await();
  }

  private static @Nullable ZonalServer start(CommandLine line) {
    try {
      ZonalServer server = line.builder().start();
      seed(server, line);
      certificate(server, line);
      return server;
    } catch (RuntimeException | IOException e) {
      System.err.println("error: " + e.getMessage());
      return null;
    }
  }

  private static CountDownLatch stopOnSignal(ZonalServer server) {
    CountDownLatch told = new CountDownLatch(1);
    Thread stopper =
        new Thread(
            () -> {
              server.close();
              told.countDown();
              // The JVM would report 128 plus the signal: a clean stop is a success.
              Runtime.getRuntime().halt(0);
            },
            "zonal-stop");
    Runtime.getRuntime().addShutdownHook(stopper);
    return told;
  }

  private static void seed(ZonalServer server, CommandLine line) {
    for (CommandLine.SeedObject object : line.seedObjects()) {
      ByteBuffer content = pseudoRandom(object.bytes());
      for (Zone zone : server.zones()) {
        zone.buckets().forEach(bucket -> zone.putObject(bucket, object.key(), content));
      }
    }
  }

  /**
   * The same bytes for the same size, in every run: little-endian longs of SplittableRandom(size).
   */
  static ByteBuffer pseudoRandom(int bytes) {
    SplittableRandom random = new SplittableRandom(bytes);
    ByteBuffer content = ByteBuffer.allocateDirect(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    while (content.remaining() >= Long.BYTES) {
      content.putLong(random.nextLong());
    }
    for (long rest = random.nextLong(); content.hasRemaining(); rest >>>= 8) {
      content.put((byte) rest);
    }
    return content.flip().asReadOnlyBuffer();
  }

  private static void certificate(ZonalServer server, CommandLine line) throws IOException {
    String file = line.certificateFile();
    if (file == null) {
      return;
    }
    try {
      byte[] der = server.certificate().getEncoded();
      String pem =
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
              + "\n-----END CERTIFICATE-----\n";
      Files.writeString(Path.of(file), pem, StandardCharsets.US_ASCII);
    } catch (CertificateEncodingException e) {
      throw new IOException("cannot write the certificate to " + file, e);
    }
  }

  static void print(ZonalServer server, boolean json, PrintStream out) {
    if (json) {
      out.println(json(server));
    }
    for (Zone zone : server.zones()) {
      out.println("zone " + zone.id() + "  " + zone.endpoint() + "  (" + zone.hostEndpoint() + ")");
      zone.buckets().forEach(bucket -> out.println("  bucket " + bucket));
    }
    out.println("region             " + server.region());
    out.println("access key id      " + server.accessKeyId());
    out.println("secret access key  " + server.secretAccessKey());
    out.flush();
  }

  /** One line; every value is free of characters that JSON escapes, but for the credentials. */
  static String json(ZonalServer server) {
    String zones =
        server.zones().stream()
            .map(
                zone ->
                    "{\"zone\":"
                        + quoted(zone.id())
                        + ",\"endpoint\":"
                        + quoted(zone.endpoint().toString())
                        + "}")
            .collect(Collectors.joining(","));
    return "{\"zones\":["
        + zones
        + "],\"accessKeyId\":"
        + quoted(server.accessKeyId())
        + ",\"secretAccessKey\":"
        + quoted(server.secretAccessKey())
        + ",\"region\":"
        + quoted(server.region())
        + "}";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
