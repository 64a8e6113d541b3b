package io.expressway;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bucket's name, and what a directory bucket's name says: its zone and so its Region.
 *
 * <p>A directory bucket is called {@code base--zoneid--x-s3}, an access point to one {@code
 * base--zoneid--xa-s3}; the zone is an Availability Zone ID such as {@code usw2-az1}, never an AZ
 * name such as {@code us-west-2a} (S3 User Guide, "Directory bucket naming rules", 2026-11-22).
 * Immutable.
 */
public final class BucketName {
  private static final Pattern GENERAL = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern BASE = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
  private static final Pattern ZONE_ID =
      Pattern.compile("(?<region>[a-z]+[0-9]+)(-[a-z0-9]+)*-az[0-9]+");
  private static final Pattern ZONE_NAME = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9][a-z]");
  private static final Pattern REGION_CODE =
      Pattern.compile("(?<area>[a-z]{2})(?<gov>g)?(?<side>ne|nw|se|sw|n|e|s|w|c)(?<number>[0-9]+)");
  private static final Map<String, String> SIDES =
      Map.of(
          "n",
          "north",
          "e",
          "east",
          "s",
          "south",
          "w",
          "west",
          "c",
          "central",
          "ne",
          "northeast",
          "nw",
          "northwest",
          "se",
          "southeast",
          "sw",
          "southwest");

  private final String name;
  private final @Nullable String zone;

  private BucketName(String name, @Nullable String zone) {
    this.name = name;
    this.zone = zone;
  }

  /**
   * A directory bucket's name.
   *
   * @throws IllegalArgumentException saying what is wrong with it and what it should look like
   */
  public static BucketName directory(String name) {
    int suffix = name.endsWith("--xa-s3") ? name.length() - 7 : name.length() - 6;
    int separator = isDirectory(name) ? name.lastIndexOf("--", suffix - 1) : -1;
    if (separator < 0) {
      throw malformed(name, "a directory bucket is called base--zoneid--x-s3");
    }
    String zone = name.substring(separator + 2, suffix);
    if (!BASE.matcher(name.substring(0, separator)).matches()) {
      throw malformed(
          name,
          "the part before the zone must be lower-case letters, digits and '-', beginning and"
              + " ending with a letter or digit");
    }
    if (ZONE_NAME.matcher(zone).matches()) {
      throw malformed(
          name,
          "\""
              + zone
              + "\" is an Availability Zone name, which each account maps differently;"
              + " use the zone's ID, such as usw2-az1 (`aws ec2 describe-availability-zones`"
              + " shows both)");
    }
    if (!ZONE_ID.matcher(zone).matches()) {
      throw malformed(name, "\"" + zone + "\" is no Availability Zone ID such as usw2-az1");
    }
    if (name.length() > 63) {
      throw malformed(name, "names have at most 63 characters, suffix included");
    }
    return new BucketName(name, zone);
  }

  /** A general-purpose bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots. */
  public static BucketName general(String name) {
    if (isDirectory(name)) {
      throw malformed(name, "this is a directory bucket: open it with ExpressBucket");
    }
    if (!GENERAL.matcher(name).matches()) {
      throw malformed(
          name,
          "names have 3 to 63 characters, lower-case letters, digits, '-' and '.', and begin and"
              + " end with a letter or digit");
    }
    return new BucketName(name, null);
  }

  /** A name of either kind, told apart by its suffix. */
  public static BucketName parse(String name) {
    return isDirectory(name) ? directory(name) : general(name);
  }

  private static boolean isDirectory(String name) {
    return name.endsWith("--x-s3") || name.endsWith("--xa-s3");
  }

  private static IllegalArgumentException malformed(String name, String why) {
    return new IllegalArgumentException("bucket name \"" + name + "\" is malformed: " + why);
  }

  /** The zone a directory bucket lives in; absent for a general-purpose bucket. */
  public Optional<String> zone() {
    return Optional.ofNullable(zone);
  }

  /**
   * The Region a directory bucket's zone lies in, as its ID spells it: {@code usw2-az1} is in
   * {@code us-west-2}.
   */
  public Optional<String> region() {
    if (zone == null) {
      return Optional.empty();
    }
    Matcher code = REGION_CODE.matcher(zone.substring(0, zone.indexOf('-')));
    if (!code.matches()) {
      return Optional.empty();
    }
    String gov = code.group("gov") == null ? "" : "gov-";
    return Optional.of(
        code.group("area")
            + "-"
            + gov
            + SIDES.get(code.group("side"))
            + "-"
            + code.group("number"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BucketName that && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The whole name. */
  @Override
  public String toString() {
    return name;
  }
}
