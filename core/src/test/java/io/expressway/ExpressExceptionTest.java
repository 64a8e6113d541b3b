package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

final class ExpressExceptionTest {
  private static final RequestSite SITE =
      RequestSite.of(
              Operation.READ,
              BucketName.directory("logs--usw2-az1--x-s3"),
              "day.parquet",
              ByteRange.of(10, 20))
          .answered(503, "SlowDown", "01b629e01a000195");

  private static final List<BiFunction<String, RequestSite, ExpressException>> FAMILY =
      List.of(
          (problem, site) -> new AccessDeniedException(problem, site, null),
          (problem, site) -> new BucketClosedException(problem, site, null),
          (problem, site) -> new BucketNotFoundException(problem, site, null),
          (problem, site) -> new CorruptResponseException(problem, site, null),
          (problem, site) -> new CredentialsException(problem, site, null),
          (problem, site) -> new DeadlineExceededException(problem, site, null),
          (problem, site) -> new InvalidRequestException(problem, site, null),
          (problem, site) -> new ObjectNotFoundException(problem, site, null),
          (problem, site) -> new OutcomeUnknownException(problem, site, null),
          (problem, site) -> new PreconditionFailedException(problem, site, null),
          (problem, site) -> new RangeNotSatisfiableException(problem, site, 5, null),
          (problem, site) -> new ThrottledException(problem, site, null),
          (problem, site) -> new ZoneUnavailableException(problem, site, null));

  @Test
  void theFamilyIsWhole() {
    assertThat(ExpressException.class.getPermittedSubclasses()).hasSameSizeAs(FAMILY);
  }

  @Test
  void theMessageNamesEverythingKnown() {
    for (var member : FAMILY) {
      assertThat(member.apply("it broke", SITE))
          .hasMessage(
              "it broke [operation GetObject, bucket logs--usw2-az1--x-s3, key day.parquet,"
                  + " range bytes=10-29, zone usw2-az1, status 503, code SlowDown,"
                  + " requestId 01b629e01a000195]");
      assertThat(member.apply("it broke", RequestSite.UNKNOWN)).hasMessage("it broke");
    }
  }

  @Test
  void onlyTroubleWithTheZoneIsAZoneFault() {
    assertThat(FAMILY)
        .filteredOn(member -> member.apply("", SITE).isZoneFault())
        .extracting(member -> member.apply("", SITE).getClass().getSimpleName())
        .containsExactlyInAnyOrder(
            "CorruptResponseException",
            "DeadlineExceededException",
            "ThrottledException",
            "ZoneUnavailableException");
  }

  @Test
  void aCopyThatWasSerializedKeepsItsMessage() throws Exception {
    for (var member : FAMILY) {
      ExpressException copy = copy(member.apply("it broke", SITE));
      assertThat(copy).hasMessageContaining("it broke").hasMessageContaining("day.parquet");
      assertThat(copy.site()).isEqualTo(RequestSite.UNKNOWN);
    }
  }

  private static ExpressException copy(ExpressException failure)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ExpressException) in.readObject();
    }
  }
}
