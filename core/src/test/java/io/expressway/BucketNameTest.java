package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BucketNameTest {
  /** The zones with S3 Express, and the other shapes a zone ID has. */
  @ParameterizedTest
  @CsvSource({
    "use1-az4, us-east-1",
    "use1-az5, us-east-1",
    "use1-az6, us-east-1",
    "use2-az1, us-east-2",
    "use2-az2, us-east-2",
    "usw2-az1, us-west-2",
    "usw2-az3, us-west-2",
    "usw2-az4, us-west-2",
    "aps1-az1, ap-south-1",
    "aps1-az3, ap-south-1",
    "apne1-az1, ap-northeast-1",
    "apne1-az4, ap-northeast-1",
    "eun1-az1, eu-north-1",
    "eun1-az2, eu-north-1",
    "eun1-az3, eu-north-1",
    "euw1-az1, eu-west-1",
    "euw1-az3, eu-west-1",
    "euc1-ist1-az1, eu-central-1",
    "usw2-lax1-az1, us-west-2",
    "apse2-az3, ap-southeast-2",
    "cnn1-az1, cn-north-1",
    "cnnw1-az2, cn-northwest-1",
    "usge1-az1, us-gov-east-1",
    "ilc1-az2, il-central-1",
    "sae1-az10, sa-east-1"
  })
  void theZoneTellsItsRegion(String zone, String region) {
    BucketName name = BucketName.directory("my-logs--" + zone + "--x-s3");
    assertThat(name.zone()).contains(zone);
    assertThat(name.region()).contains(region);
    assertThat(name).hasToString("my-logs--" + zone + "--x-s3");
    assertThat(BucketName.directory("point--" + zone + "--xa-s3").zone()).contains(zone);
  }

  @Test
  void theBaseMayHoldDoubledHyphens() {
    assertThat(BucketName.directory("a--b--usw2-az1--x-s3").zone()).contains("usw2-az1");
    assertThat(BucketName.directory("a--x-s3--usw2-az1--x-s3").zone()).contains("usw2-az1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"us-west-2a", "eu-north-1b", "ap-northeast-1c", "us-gov-west-1a"})
  void anAvailabilityZoneNameIsToldFromAnId(String zoneName) {
    assertThatThrownBy(() -> BucketName.directory("logs--" + zoneName + "--x-s3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + zoneName + "\" is an Availability Zone name")
        .hasMessageContaining("usw2-az1")
        .hasMessageContaining("describe-availability-zones");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "logs",
        "logs--x-s3",
        "logs--usw2-az1",
        "--usw2-az1--x-s3",
        "logs--usw2--x-s3",
        "logs--usw2-az--x-s3",
        "logs--USW2-AZ1--x-s3",
        "Logs--usw2-az1--x-s3",
        "lo.gs--usw2-az1--x-s3",
        "lo_gs--usw2-az1--x-s3",
        "-logs--usw2-az1--x-s3",
        "logs---usw2-az1--x-s3",
        "lo gs--usw2-az1--x-s3",
        "logs--usw2-az1/../x--x-s3"
      })
  void malformedDirectoryNamesAreRefusedWithTheName(String name) {
    assertThatThrownBy(() -> BucketName.directory(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bucket name \"" + name + "\" is malformed");
  }

  @Test
  void namesHaveAtMost63Characters() {
    String longest = "b".repeat(63 - "--usw2-az1--x-s3".length()) + "--usw2-az1--x-s3";
    assertThat(BucketName.directory(longest).toString()).hasSize(63);
    assertThatThrownBy(() -> BucketName.directory("b" + longest))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("63");
  }

  @Test
  void generalNamesHaveNoZone() {
    BucketName name = BucketName.general("my.logs-1");
    assertThat(name.zone()).isEmpty();
    assertThat(name.region()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "Logs", "-logs", "logs-", "lo_gs", "lo/gs", ".logs"})
  void malformedGeneralNamesAreRefused(String name) {
    assertThatThrownBy(() -> BucketName.general(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 to 63");
  }

  @Test
  void aDirectoryNameIsNoGeneralOne() {
    assertThatThrownBy(() -> BucketName.general("logs--usw2-az1--x-s3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ExpressBucket");
  }

  @Test
  void parseTellsTheKindsApart() {
    assertThat(BucketName.parse("logs--usw2-az1--x-s3").zone()).isPresent();
    assertThat(BucketName.parse("logs").zone()).isEmpty();
    assertThat(BucketName.parse("logs")).isEqualTo(BucketName.general("logs"));
    assertThat(BucketName.parse("logs")).hasSameHashCodeAs(BucketName.general("logs"));
    assertThat(BucketName.parse("logs")).isNotEqualTo(BucketName.general("data"));
  }
}
