package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StampTest {
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final StampClock clock = new StampClock(millis::get);

  @Test
  void everyStampIsGreaterThanTheLastEvenWhenTheClockGoesBack() {
    Stamp last = clock.next();
    for (int i = 0; i < 1000; i++) {
      millis.addAndGet(i % 3 == 0 ? -50 : 20);
      Stamp next = clock.next();
      assertThat(next).isGreaterThan(last);
      assertThat(next.toString()).isGreaterThan(last.toString());
      last = next;
    }
  }

  @Test
  void whatWasSeenIsSurpassed() {
    Stamp ahead = new Stamp(clock.next().time() + (1L << 40), 7);
    clock.saw(ahead);
    assertThat(clock.next()).isGreaterThan(ahead);
  }

  @Test
  void aStampSurvivesItsText() {
    Stamp stamp = clock.next();
    assertThat(Stamp.parse(stamp.toString())).contains(stamp);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0123456789abcdef", "0123456789abcdef-0123456789ABCDEF", "x-y"})
  void otherTextIsNoStamp(String text) {
    assertThat(Stamp.parse(text)).isEmpty();
  }

  // What objects are called.

  private static ObjectInfo raw(Map<String, String> metadata, long size) {
    return new ObjectInfo(
        "key", size, new ObjectVersion("\"etag\""), Instant.EPOCH, Optional.empty(), metadata);
  }

  @Test
  void aStampedContentIsOfOneVersionInEveryZone() {
    Stamp stamp = clock.next();
    ObjectInfo raw = raw(Map.of(Stamp.METADATA, stamp.toString(), "colour", "red"), 10);
    ObjectInfo here = new Naming("usw2-az1").known(raw);
    ObjectInfo there = new Naming("usw2-az3").known(raw);
    assertThat(here).isEqualTo(there);
    assertThat(here.metadata()).isEqualTo(Map.of("colour", "red"));
    assertThat(Naming.stampIn(here.version())).contains(stamp);
    assertThat(new Naming("usw2-az1").own(here.version())).isEmpty();
  }

  @Test
  void anAppendMakesAnotherVersion() {
    Map<String, String> stamped = Map.of(Stamp.METADATA, clock.next().toString());
    Naming naming = new Naming("usw2-az1");
    assertThat(naming.known(raw(stamped, 10)).version())
        .isNotEqualTo(naming.known(raw(stamped, 11)).version());
  }

  @Test
  void anotherWritersContentIsOfItsZonesVersion() {
    Naming naming = new Naming("usw2-az1");
    ObjectVersion known = naming.known(raw(Map.of(), 10)).version();
    assertThat(Naming.stampIn(known)).isEmpty();
    assertThat(naming.own(known)).contains(new ObjectVersion("\"etag\""));
    assertThat(new Naming("usw2-az3").own(known)).isEmpty();
    assertThat(naming.known(raw(Map.of(Stamp.METADATA, "v1"), 10)).version()).isEqualTo(known);
  }
}
