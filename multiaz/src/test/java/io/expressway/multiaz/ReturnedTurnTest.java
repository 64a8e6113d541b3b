package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.ZoneUnavailableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who was told not to go on has not had its turn. */
final class ReturnedTurnTest {
  private static final int LENGTH = 1000;
  private static final ReadRequest WHOLE = ReadRequest.of("object", ByteRange.of(0, LENGTH));
  private static final byte[] CONTENT = new byte[LENGTH];
  private static final ObjectInfo INFO =
      new ObjectInfo(
          "object", LENGTH, new ObjectVersion("\"1\""), Instant.EPOCH, Optional.empty(), Map.of());

  private final Scripted first = new Scripted("usw2-az1");
  private final Scripted second = new Scripted("usw2-az3");
  private final Scripted third = new Scripted("usw2-az4");

  private final List<Scripted> zones = List.of(first, second, third);
  private final Fleet fleet =
      new Fleet(
          zones,
          MultiAzOptions.defaults()
              .keepWarm(Duration.ofHours(1))
              .firstHedgeAfter(Duration.ofMillis(1))
              .hedgeBudget(1));

  @AfterEach
  void close() {
    fleet.close();
  }

  /** One request, answered as the test says. */
  private record Asked(BucketName zone, ReadRequest request, CompletableFuture<Slice> answer) {
    /** The head comes; false when nobody wants the body. */
    boolean head() {
      if (request.claim().orElseThrow().tryClaim(INFO) == null) {
        answer.cancel(false);
        return false;
      }
      return true;
    }

    void breaksOffAfter(int bytes) {
      request
          .claim()
          .orElseThrow()
          .onPartial(Slice.lend(INFO, ByteBuffer.wrap(CONTENT, 0, bytes), () -> {}));
      fail();
    }

    void fail() {
      RequestSite site = RequestSite.of(Operation.READ, zone, "object", null);
      answer.completeExceptionally(new ZoneUnavailableException("gone", site, null));
    }

    void complete() {
      ByteBuffer bytes = ByteBuffer.wrap(CONTENT);
      if (request.range().isBounded()) {
        bytes = ByteBuffer.wrap(CONTENT, 0, (int) request.range().length());
      }
      answer.complete(Slice.lend(INFO, bytes, () -> {}));
    }
  }

  /** A zone whose answers are given by the test. */
  private static final class Scripted extends ForwardingBucket {
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    Scripted(String zone) {
      super(new MemoryBucket(new MemoryBucket.Store(zone), new Simulation(0)));
    }

    @Override
    public CompletableFuture<Slice> read(ReadRequest request) {
      Asked each = new Asked(name(), request, new CompletableFuture<>());
      asked.add(each);
      return each.answer();
    }
  }

  /** The zone's next request gets its answer; where it was given up before, nothing comes of it. */
  private void answer(Scripted zone) {
    Asked each = zone.asked.poll();
    if (each == null || !each.head()) {
      return;
    }
    if (zone == third) {
      each.complete();
    } else {
      each.breaksOffAfter(100);
    }
  }

  @Test
  void theZoneThatLivesIsAskedForTheRestHoweverOftenOthersBeganIt() throws Exception {
    CompletableFuture<Slice> read = new LentRace(fleet, WHOLE).start();
    for (Scripted zone : zones) {
      ThreeZones.until(zone.name() + " is asked", () -> !zone.asked.isEmpty());
    }
    answer(first);
    fleet.replicas().get(0).breaker().transitionToOpenState();
    fleet.replicas().get(1).breaker().transitionToOpenState();
    answer(second); // it was asked for what has come meanwhile
    answer(third);
    ThreeZones.until(
        "there is an outcome",
        () -> {
          zones.forEach(this::answer);
          return read.isDone();
        });
    try (Slice whole = ThreeZones.await(read)) {
      assertThat(whole.length()).isEqualTo(LENGTH);
    }
  }
}
