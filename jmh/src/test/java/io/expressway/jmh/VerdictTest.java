package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.jmh.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a claim holds, and when nobody can tell. */
final class VerdictTest {
  private static Verdict rounds(Double... values) {
    return Verdict.ofRounds("a", "b", "≤ 2 ×", "×", List.of(values), value -> value <= 2);
  }

  @Test
  void aClaimHoldsWhenTheMiddleOfItsRoundsDoes() {
    assertThat(rounds(1.0, 1.1, 1.2, 1.3, 99.0).outcome()).isEqualTo(Outcome.PASS);
    assertThat(rounds(1.0, 1.9, 1.9, 2.1, 2.2).outcome()).isEqualTo(Outcome.UNDECIDED);
    assertThat(rounds(1.0, 2.1, 2.2, 2.3, 2.4).outcome()).isEqualTo(Outcome.FAIL);
    assertThat(rounds(2.1).outcome()).isEqualTo(Outcome.FAIL);
    assertThat(rounds(1.0, 1.1, 1.2).measured())
        .isEqualTo("1.10 × (quartiles 1.00 and 1.20 of 3 rounds)");
    assertThat(rounds(1.5).measured()).isEqualTo("1.50 × (one round)");
  }

  @Test
  void whatNeverCameMissesItsTime() {
    assertThat(Verdict.ofTimes("a", "b", 5, new double[] {1, -1}, false).outcome())
        .isEqualTo(Outcome.FAIL);
    assertThat(Verdict.ofTimes("a", "b", 5, new double[] {6}, true).outcome())
        .isEqualTo(Outcome.UNDECIDED);
    assertThat(Verdict.ofTimes("a", "b", 5, new double[] {4, 5}, false).outcome())
        .isEqualTo(Outcome.PASS);
  }

  @Test
  void aShortRunRefusesNothing() {
    assertThat(rounds(3.0).ofShortRun().outcome()).isEqualTo(Outcome.UNDECIDED);
    assertThat(rounds(1.0).ofShortRun().outcome()).isEqualTo(Outcome.PASS);
  }

  @Test
  void whatIsKeptIsFoundAgain(@TempDir Path directory) throws IOException {
    List<Verdict> verdicts = List.of(rounds(1.0).beside("SDK 9 ×"), rounds(3.0));
    Verdict.save(directory, "some", verdicts);
    assertThat(Verdict.load(directory, "some")).isEqualTo(verdicts);
    Files.writeString(directory.resolve("bad.verdicts"), "a\tb\n");
    assertThatThrownBy(() -> Verdict.load(directory, "bad"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a verdict");
    assertThat(Verdict.table("what", verdicts))
        .contains("| a | b | ≤ 2 × | 1.00 × (one round) | SDK 9 × | pass |");
  }
}
