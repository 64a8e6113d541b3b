package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Plants leaks and takes them out again, so that the extension on this class finds none. */
class NoLeaksTest {
  private static final ResourceLeakDetector<Lease> LEASES =
      ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Lease.class, 1);

  private final NoLeaks noLeaks = new NoLeaks();

  /** Something that is not a buffer and has to be given back. */
  private static final class Lease {}

  /** What the extension asks of JUnit. */
  private static ExtensionContext testClassNamed(String name) {
    return (ExtensionContext)
        Proxy.newProxyInstance(
            NoLeaksTest.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (proxy, method, arguments) ->
                method.getName().equals("getDisplayName") ? name : method.getDefaultValue());
  }

  private static void forgetABuffer() {
    ByteBuf forgotten = ByteBufAllocator.DEFAULT.directBuffer(16);
    forgotten.writeLong(1);
  }

  private static void forgetALease() {
    ResourceLeakTracker<Lease> forgotten = LEASES.track(new Lease());
    assertThat(forgotten).isNotNull();
  }

  @Test
  void aForgottenBufferFailsTheClassAndShowsWhoMadeIt() {
    forgetABuffer();
    assertThatThrownBy(() -> noLeaks.afterAll(testClassNamed("PlantedTest")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 resource(s)")
        .hasMessageContaining("PlantedTest")
        .hasMessageContaining("NoLeaksTest.forgetABuffer(NoLeaksTest.java:");
  }

  @Test
  void aForgottenLeaseFailsTheClassAlthoughNoOtherIsMade() {
    forgetALease();
    assertThatThrownBy(() -> noLeaks.afterAll(testClassNamed("PlantedTest")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Lease")
        .hasMessageContaining("NoLeaksTest.forgetALease(NoLeaksTest.java:");
  }

  @Test
  void everyLeakIsNamedOnce() {
    forgetABuffer();
    forgetABuffer();
    assertThatThrownBy(() -> noLeaks.afterAll(testClassNamed("PlantedTest")))
        .hasMessageContaining("2 resource(s)");
    assertThat(NoLeaks.collect()).isEmpty();
  }

  @Test
  void whatIsReleasedPasses() {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(16);
    ByteBuf shared = buffer.writeLong(1).retainedSlice(0, 4);
    buffer.release();
    shared.release();
    Lease lease = new Lease();
    ResourceLeakTracker<Lease> tracker = LEASES.track(lease);
    assertThat(tracker).isNotNull();
    tracker.close(lease);
    assertThatCode(() -> noLeaks.afterAll(testClassNamed("CleanTest"))).doesNotThrowAnyException();
  }

  @Test
  void whatIsStillInUseIsNoLeak() {
    ByteBuf held = ByteBufAllocator.DEFAULT.directBuffer(16);
    try {
      assertThat(NoLeaks.collect()).isEmpty();
    } finally {
      held.release();
    }
  }

  @Test
  void everyBufferIsWatchedAgainAfterATestLoweredTheLevel() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    noLeaks.beforeAll(testClassNamed("NextTest"));
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }
}
