package io.expressway.testkit;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a started {@link ZonalServer}, one per test class, as a parameter. Faults and the
 * request log are cleared after each test.
 *
 * <pre>{@code
 * @ExtendWith(ZonalServerExtension.class)   // three zones, bucket "demo" in each
 * class MyTest { @Test void reads(ZonalServer server) { ... } }
 * }</pre>
 *
 * <p>For other options register it in a static field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ZonalServerExtension SERVER =
 *     ZonalServerExtension.with(() -> ZonalServer.builder().tls(true).bucket("logs"));
 * }</pre>
 */
public final class ZonalServerExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ZonalServerExtension.class);
  private static final String SERVER = "server";

  private final Supplier<ZonalServer.Builder> builder;

  /** Three zones of us-west-2, bucket {@code demo} in each. */
  public ZonalServerExtension() {
    this(() -> ZonalServer.builder().zones("usw2-az1", "usw2-az3", "usw2-az4"));
  }

  private ZonalServerExtension(Supplier<ZonalServer.Builder> builder) {
    this.builder = builder;
  }

  /** A server of your own making, per test class. */
  public static ZonalServerExtension with(Supplier<ZonalServer.Builder> builder) {
    return new ZonalServerExtension(builder);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getStore(NAMESPACE).put(SERVER, builder.get().start());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    ZonalServer server = server(context);
    server.clearFaults();
    server.zones().forEach(Zone::clearRequests);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    ZonalServer server = context.getStore(NAMESPACE).remove(SERVER, ZonalServer.class);
    if (server != null) {
      server.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ZonalServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return server(context);
  }

  private static ZonalServer server(ExtensionContext context) {
    ZonalServer server = context.getStore(NAMESPACE).get(SERVER, ZonalServer.class);
    if (server == null) {
      throw new IllegalStateException(
          "no server: register ZonalServerExtension on the class or in a static field");
    }
    return server;
  }
}
