package io.expressway.multiaz;

import static io.expressway.multiaz.RandomHistory.assertHolds;

import io.expressway.multiaz.RandomHistory.Kind;
import io.expressway.multiaz.RandomHistory.Setting;
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
