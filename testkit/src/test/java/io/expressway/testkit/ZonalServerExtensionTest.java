package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZonalServerExtensionTest {
  private static final int OK = 200;

  /** The default server; the order matters: a test sees what the one before left. */
  @Nested
  @ExtendWith(ZonalServerExtension.class)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class ByDefault {
    @Test
    @Order(1)
    void threeZonesWithABucketEachAreGiven(ZonalServer server, ZonalServer again) throws Exception {
      assertThat(again).isSameAs(server);
      assertThat(server.zones())
          .extracting(Zone::id)
          .containsExactly("usw2-az1", "usw2-az3", "usw2-az4");
      Zone zone = server.zone("usw2-az3");
      assertThat(zone.bucket()).isEqualTo("demo--usw2-az3--x-s3");
      zone.putObject(zone.bucket(), "kept", new byte[] {1});
      zone.inject(Fault.internalError().always());
      zone.inject(Fault.refuseConnection().nth(2).always());
      try (RawClient client = RawClient.connect(server, zone)) {
        assertThat(client.get("kept").read().status()).isEqualTo(500);
      }
      assertThat(zone.requests()).hasSize(1);
    }

    @Test
    @Order(2)
    void faultsAndRequestsOfTheLastTestAreGoneAndObjectsStay(ZonalServer server) throws Exception {
      Zone zone = server.zone("usw2-az3");
      assertThat(zone.requests()).isEmpty();
      for (int i = 0; i < 3; i++) {
        try (RawClient client = RawClient.connect(server, zone)) {
          assertThat(client.get("kept").read().status()).isEqualTo(OK);
        }
      }
    }
  }

  /** A server of the test's own making. */
  @Nested
  class WithABuilder {
    @RegisterExtension
    static final ZonalServerExtension SERVER =
        ZonalServerExtension.with(() -> ZonalServer.builder().region("eu-west-1").bucket("logs"));

    @Test
    void isBuiltAsAsked(ZonalServer server) throws Exception {
      assertThat(server.region()).isEqualTo("eu-west-1");
      assertThat(server.zones().get(0).buckets()).containsExactly("logs--usw2-az1--x-s3");
      server.zones().get(0).putObject("logs--usw2-az1--x-s3", "a", new byte[] {1});
      try (RawClient client = RawClient.connect(server)) {
        assertThat(client.get("a").read().status()).isEqualTo(OK);
      }
    }
  }

  @Test
  void theServerEndsWithItsClass() throws Exception {
    ExtensionContext testClass = contextOver(new HashMap<>());
    ZonalServerExtension extension = new ZonalServerExtension();
    extension.beforeAll(testClass);
    ZonalServer server = (ZonalServer) extension.resolveParameter(noParameter(), testClass);
    RawClient.connect(server).close();
    extension.afterAll(testClass);
    assertThatThrownBy(() -> RawClient.connect(server)).isInstanceOf(ConnectException.class);
    extension.afterAll(testClass);
  }

  @Test
  void registeredPerTestItSaysWhatToDo() {
    ExtensionContext neverBegun = contextOver(new HashMap<>());
    assertThatThrownBy(() -> new ZonalServerExtension().resolveParameter(noParameter(), neverBegun))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("static field");
  }

  private static ParameterContext noParameter() {
    return (ParameterContext) proxy(ParameterContext.class, (method, arguments) -> "parameter");
  }

  private static ExtensionContext contextOver(Map<Object, Object> values) {
    Object store =
        proxy(
            ExtensionContext.Store.class,
            (method, arguments) ->
                switch (method.getName()) {
                  case "put" -> values.put(arguments[0], arguments[1]);
                  case "get" -> values.get(arguments[0]);
                  case "remove" -> values.remove(arguments[0]);
                  default -> throw new IllegalStateException(method + " is not expected");
                });
    return (ExtensionContext) proxy(ExtensionContext.class, (method, arguments) -> store);
  }

  /** What JUnit would answer. */
  private interface Answer {
    @Nullable Object to(Method method, Object[] arguments);
  }

  private static Object proxy(Class<?> type, Answer answer) {
    return Proxy.newProxyInstance(
        ZonalServerExtensionTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> answer.to(method, arguments));
  }
}
