package io.expressway.multiaz;

import static io.expressway.multiaz.RandomHistory.assertHolds;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ByteRange;
import io.expressway.ObjectNotFoundException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.multiaz.RandomHistory.Kind;
import io.expressway.multiaz.RandomHistory.Setting;
import io.expressway.multiaz.RandomHistory.Spared;
import io.expressway.multiaz.RegisterHistory.Leeway;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What docs/multi-az.md promises under each policy, whatever zones, links, processes and clocks do:
 * random histories, each checked for an order that explains it.
 */
@Tag("one-jdk")
final class LinearizabilityTest {
  // What finds the faults of others.

  @Test
  void theCheckKnowsAStaleReadAndALostWrite() {
    RegisterHistory stale = new RegisterHistory();
    stale.done(stale.beginWrite("1"));
    stale.done(stale.beginWrite("2"));
    stale.read(stale.beginRead(), "2");
    assertThat(stale.isLinearizable()).isTrue();
    stale.read(stale.beginRead(), "1");
    assertThat(stale.isLinearizable()).isFalse();
    assertThat(stale.isRegular()).isFalse();
    RegisterHistory lost = new RegisterHistory();
    int unknown = lost.beginWrite("1");
    lost.read(lost.beginRead(), "");
    lost.read(lost.beginRead(), "1");
    assertThat(lost.isLinearizable()).as("it took effect between").isTrue();
    lost.read(lost.beginRead(), "");
    assertThat(lost.isLinearizable()).as("and cannot be undone, %s", unknown).isFalse();
    assertThat(lost.isRegular()).as("for one reader or another it is still under way").isTrue();
  }

  @Test
  void theCheckKnowsWhoWasLetAndWhoWasRefused() {
    RegisterHistory twice = new RegisterHistory();
    int first = twice.beginChange("1", "");
    int second = twice.beginChange("2", "");
    twice.done(first);
    twice.refused(second);
    assertThat(twice.isLinearizable()).isTrue();
    assertThat(twice.isDecidedOnce()).isTrue();
    int third = twice.beginChange("3", "1");
    int fourth = twice.beginChange("4", "1");
    twice.done(third);
    twice.done(fourth);
    assertThat(twice.isLinearizable()).as("both replaced one version").isFalse();
    assertThat(twice.isDecidedOnce()).isFalse();
    RegisterHistory refused = new RegisterHistory();
    refused.refused(refused.beginChange("1", ""));
    assertThat(refused.isLinearizable()).as("nothing was there").isFalse();
    RegisterHistory seen = new RegisterHistory();
    seen.done(seen.beginWrite("1"));
    seen.refused(seen.beginChange("2", ""));
    seen.read(seen.beginRead(), "2");
    assertThat(seen.isLinearizable()).as("what is refused leaves nothing").isFalse();
    RegisterHistory deleted = new RegisterHistory();
    deleted.done(deleted.beginWrite("1"));
    deleted.done(deleted.beginChange("", "1"));
    deleted.done(deleted.beginChange("2", ""));
    assertThat(deleted.isLinearizable()).isTrue();
    deleted.read(deleted.beginRead(), "");
    assertThat(deleted.isLinearizable()).isFalse();
  }

  @Test
  void whatIsLeftOpenIsNoMoreThanThat() {
    RegisterHistory contest = new RegisterHistory(Set.of(Leeway.UNSTEADY_WHILE_DELETED));
    contest.done(contest.beginWrite("1"));
    int write = contest.beginWrite("2");
    int delete = contest.beginChange("", null);
    contest.read(contest.beginRead(), "");
    contest.read(contest.beginRead(), "2");
    contest.read(contest.beginRead(), "");
    contest.done(write);
    contest.done(delete);
    contest.read(contest.beginRead(), "2");
    assertThat(contest.isLinearizable()).as("it came and went, and is there").isTrue();
    contest.read(contest.beginRead(), "");
    assertThat(contest.isLinearizable()).as("it went when both were over").isFalse();
  }

  // What is promised.

  @Test
  void quorumWritesAndReadsAreOneRegister() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.quorum(),
            ReadConsistency.quorum(),
            Kind.READ,
            Kind.READ,
            Kind.READ,
            Kind.WRITE,
            Kind.WRITE),
        RegisterHistory::isLinearizable);
  }

  @Test
  void underAQuorumWhatIsDeletedStaysSo() throws Exception {
    assertHolds(
        Setting.of(
                WritePolicy.quorum(),
                ReadConsistency.quorum(),
                Kind.READ,
                Kind.READ,
                Kind.READ,
                Kind.WRITE,
                Kind.DELETE)
            .leaving(Leeway.UNSTEADY_WHILE_DELETED),
        RegisterHistory::isLinearizable);
  }

  /**
   * Who was let may still lose to who was not: a reader that comes between two writers may spread
   * the content of the one that the other won against.
   */
  @Test
  void underAQuorumOneOfTwoWritersIsTold() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.quorum(),
            ReadConsistency.quorum(),
            Kind.READ,
            Kind.READ,
            Kind.CREATE,
            Kind.REPLACE),
        RegisterHistory::isDecidedOnce);
  }

  @Test
  void thePrimaryIsOneRegisterToo() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.primary(),
            ReadConsistency.quorum(),
            Kind.READ,
            Kind.READ,
            Kind.READ,
            Kind.WRITE,
            Kind.DELETE,
            Kind.CREATE,
            Kind.REPLACE,
            Kind.DELETE_SEEN),
        RegisterHistory::isLinearizable);
  }

  /**
   * Reads beside a change may see it come and go; those after it see it, in whatever zone. Who
   * repairs while others delete may bring back what is being deleted.
   */
  @Test
  void whatIsDoneEverywhereIsReadAnywhere() throws Exception {
    assertHolds(
        Setting.of(
                WritePolicy.all(),
                ReadConsistency.any(),
                Kind.READ,
                Kind.READ,
                Kind.READ,
                Kind.WRITE,
                Kind.WRITE,
                Kind.DELETE)
            .sparing(Spared.SECOND_WRITER, Spared.REPAIR),
        RegisterHistory::isRegular);
  }

  @Test
  void underAllThePrimaryDecidesWhoMayWrite() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.all(),
            ReadConsistency.any(),
            Kind.READ,
            Kind.READ,
            Kind.CREATE,
            Kind.REPLACE),
        RegisterHistory::isRegular);
  }

  // What is not.

  @Test
  void readsOfAnyReplicaAreNotAndTheCheckSeesIt() throws Exception {
    long seed = RandomHistory.seed();
    Setting setting =
        Setting.of(WritePolicy.quorum(), ReadConsistency.any(), Kind.READ, Kind.READ, Kind.WRITE);
    int violations = 0;
    for (int i = 0; i < 200 && violations == 0; i++) {
      RandomHistory history = new RandomHistory(seed + i, setting);
      history.run();
      violations += history.isAlways(RegisterHistory::isLinearizable) ? 0 : 1;
    }
    assertThat(violations).as("seed %s", seed).isPositive();
  }

  // Over HTTP.

  @Test
  void overRealConnectionsToo() throws Exception {
    long seed = RandomHistory.seed();
    try (ThreeZones zones = new ThreeZones()) {
      for (int i = 0; i < 30; i++) {
        overHttp(zones, seed + i);
      }
    }
  }

  private static void overHttp(ThreeZones zones, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    RegisterHistory history = new RegisterHistory();
    MultiAzOptions options = MultiAzOptions.defaults().reads(ReadConsistency.quorum());
    try (MultiAzBucket one = MultiAzBucket.of(options, zones.newBuckets());
        MultiAzBucket two = MultiAzBucket.of(options, zones.sameBuckets())) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        SplittableRandom own = random.split();
        MultiAzBucket set = i == 0 ? one : two;
        String name = "c" + i;
        clients.add(new Thread(() -> calls(set, history, own, name)));
      }
      int struck = random.nextInt(3);
      for (int i = 0; i < 3; i++) {
        zones.zone(i).inject(Fault.resetBeforeHead().withProbability(0.05, seed + i));
        zones.zone(i).inject(Fault.delay(Duration.ofMillis(5)).withProbability(0.2, seed + i));
      }
      clients.forEach(Thread::start);
      zones.zone(struck).stop();
      zones.zone(struck).start();
      for (Thread client : clients) {
        client.join();
      }
    } finally {
      for (int i = 0; i < 3; i++) {
        zones.zone(i).clearFaults();
      }
    }
    assertThat(history.isLinearizable()).as("seed %s: %s", seed, history).isTrue();
  }

  private static void calls(
      MultiAzBucket set, RegisterHistory history, SplittableRandom own, String name) {
    for (int i = 0; i < 6; i++) {
      if (own.nextBoolean()) {
        String value = name + i;
        int call = history.beginWrite(value);
        ByteBuffer body = ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII));
        if (isGood(set.write("key", body, WriteOptions.defaults()))) {
          history.done(call);
        }
      } else {
        int call = history.beginRead();
        try (Slice slice = ThreeZones.await(set.read("key", ByteRange.all()))) {
          history.read(call, new String(slice.toByteArray(), StandardCharsets.US_ASCII));
        } catch (ObjectNotFoundException absent) {
          history.read(call, "");
        } catch (Exception failed) {
          // a read that failed says nothing
        }
      }
    }
  }

  private static boolean isGood(CompletableFuture<?> call) {
    return call.handle((done, why) -> why == null).join();
  }
}
