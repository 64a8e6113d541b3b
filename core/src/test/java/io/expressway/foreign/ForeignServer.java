package io.expressway.foreign;

import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * An S3 server of somebody else, in a process of its own on a free loopback port. Those in Java are
 * started at the first use, shared by all tests of this JVM; they end by themselves when the JVM
 * does, because then their standard input ends. Those in other languages are what {@code
 * testkit/interop} installs and starts.
 *
 * <p>The build of core writes its class path to {@code target/servers/<name>/classpath} there, and
 * it logs to {@code target/servers/<name>/log} of the module that uses it.
 */
public final class ForeignServer {
  private static final String ACCESS_KEY = "AKIDFOREIGN";
  private static final String SECRET_KEY = "secret/of+the=contract";
  private static final String REGION = "us-west-2";
  private static final String READY = "LISTENING ON PORT ";
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static @Nullable ForeignServer s3proxy;
  private static @Nullable ForeignServer s3mock;
  private static @Nullable ForeignServer localStack;
  private static @Nullable ForeignServer versityGateway;

  private final URI endpoint;
  private final S3AsyncClient client;

  private ForeignServer(URI endpoint) {
    this.endpoint = endpoint;
    client =
        S3AsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.of(REGION))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .build();
  }

  /** gaul's s3proxy over a store in memory; it verifies signatures. */
  public static synchronized ForeignServer s3proxy() throws Exception {
    if (s3proxy == null) {
      s3proxy = start("s3proxy", "StartS3Proxy.java");
    }
    return s3proxy;
  }

  /**
   * LocalStack; it takes any signature. The one that {@code testkit/interop} started, else one of
   * its own where a Docker engine is, else the test is skipped and says so.
   */
  public static synchronized ForeignServer localStack() {
    if (localStack == null) {
      localStack = new ForeignServer(started("localstack").orElseGet(LocalStackContainers::start));
    }
    return localStack;
  }

  /** VersityGW, as {@code testkit/interop} started it; it verifies signatures. */
  public static synchronized ForeignServer versityGateway() {
    if (versityGateway == null) {
      versityGateway =
          new ForeignServer(
              started("versitygw")
                  .orElseThrow(
                      () -> new TestAbortedException("no VersityGW: run testkit/interop")));
    }
    return versityGateway;
  }

  private static Optional<URI> started(String name) {
    return Optional.ofNullable(System.getProperty("expressway." + name)).map(URI::create);
  }

  /** Adobe's S3Mock; it takes any signature. */
  public static synchronized ForeignServer s3mock() throws Exception {
    if (s3mock == null) {
      s3mock = start("s3mock", "StartS3Mock.java");
    }
    return s3mock;
  }

  /** The SDK's client for the server, which lives as long as the server. */
  public S3AsyncClient client() {
    return client;
  }

  public Credentials credentials() {
    return Credentials.of(ACCESS_KEY, SECRET_KEY);
  }

  public ExpressOptions options() {
    return ExpressOptions.defaults().endpoint(endpoint).region(REGION);
  }

  /** Creates a bucket and gives its name. */
  public String createBucket() throws Exception {
    String name = "contract-" + BUCKETS.incrementAndGet();
    client.createBucket(create -> create.bucket(name)).get(30, TimeUnit.SECONDS);
    return name;
  }

  private static ForeignServer start(String name, String source) throws Exception {
    Path core = Path.of("..", "core").toRealPath();
    Path classpath = core.resolve(Path.of("target", "servers", name, "classpath"));
    Path launcher = core.resolve(Path.of("src", "test", "servers", name));
    Path home = Files.createDirectories(Path.of("target", "servers", name).toAbsolutePath());
    Path temporary = Files.createDirectories(home.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                launcher + File.pathSeparator + Files.readString(classpath).strip(),
                launcher.resolve(source).toString(),
                ACCESS_KEY,
                SECRET_KEY)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    int port = port(process, home.resolve("log")).get(90, TimeUnit.SECONDS);
    return new ForeignServer(URI.create("http://127.0.0.1:" + port));
  }

  /** Copies what the server says to its log, and gives the port once it names one. */
  private static CompletableFuture<Integer> port(Process process, Path log) {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader said =
                      new BufferedReader(
                          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                  PrintWriter kept = new PrintWriter(Files.newBufferedWriter(log))) {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                  kept.println(line);
                  kept.flush();
                  if (line.startsWith(READY)) {
                    port.complete(Integer.valueOf(line.substring(READY.length())));
                  }
                }
                port.completeExceptionally(new IOException("the server ended: see " + log));
              } catch (IOException | RuntimeException e) {
                port.completeExceptionally(e);
              }
            },
            "log of " + log.getParent());
    reader.setDaemon(true);
    reader.start();
    return port;
  }
}
