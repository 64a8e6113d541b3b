package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.multiaz.RandomHistory.Kind;
import io.expressway.multiaz.RandomHistory.Setting;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The promises of docs/multi-az.md that the examples need, and that they do without the others:
 * what they do is done here while links break and clocks are wrong.
 *
 * <table>
 * <caption>Who needs what</caption>
 * <tr><td></td><td>needed</td><td>not needed</td></tr>
 * <tr><td>SurviveZoneLoss: one key, written once under quorum(), then read with any()</td>
 * <td>what is done is not lost with a zone; absence is believed from two zones</td>
 * <td>that any() brings the newest content: {@link
 * LinearizabilityTest#readsOfAnyReplicaAreNotAndTheCheckSeesIt} finds that it does not</td></tr>
 * <tr><td>QuorumLog: many keys, each made once with ifAbsent under quorum(), then read with
 * quorum()</td>
 * <td>what is done is not lost with a zone; what one quorum read brings, later ones bring</td>
 * <td>that of two writers at once the one that was let stays; deletes; clocks</td></tr>
 * </table>
 *
 * <p>That the examples do no more than this is held by {@code ZoneExamplesTest}.
 */
@Tag("one-jdk")
final class WhatExamplesNeedTest {
  private static final int HISTORIES = Integer.getInteger("expressway.histories", 1000);

  private static void assertHolds(Setting setting, Predicate<RegisterHistory> isEnough)
      throws InterruptedException {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("WhatExamplesNeedTest: -Dexpressway.seed=" + seed);
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory history = new RandomHistory(seed + i, setting);
      assertThat(history.holds(isEnough)).as("seed %s: %s", seed + i, history).isTrue();
    }
  }

  @Test
  void aKeyThatIsWrittenOnceCannotBeStale() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.quorum(),
            ReadConsistency.any(),
            Kind.READ,
            Kind.READ,
            Kind.READ,
            Kind.WRITE_ONCE),
        RegisterHistory::isRegular);
  }

  @Test
  void aSegmentThatIsMadeOnceIsReadAsItWasMade() throws Exception {
    assertHolds(
        Setting.of(
            WritePolicy.quorum(),
            ReadConsistency.quorum(),
            Kind.READ,
            Kind.READ,
            Kind.READ,
            Kind.CREATE_ONCE),
        RegisterHistory::isLinearizable);
  }
}
