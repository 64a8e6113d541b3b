package io.expressway;

/** Which Region signs a bucket's requests. */
final class Regions {
  private Regions() {}

  /** The Region the options name, held against the zone's own; else the zone's own. */
  static String ofZone(BucketName bucket, ExpressOptions options) {
    String derived = bucket.region().orElse(null);
    String named = options.region().orElse(derived);
    if (named == null) {
      throw new IllegalArgumentException(
          "the Region of zone "
              + bucket.zone().orElseThrow()
              + " is not known: set ExpressOptions.region");
    }
    if (derived != null && !derived.equals(named)) {
      throw new IllegalArgumentException(
          "bucket "
              + bucket
              + " lies in "
              + derived
              + ", not in "
              + named
              + ": leave the Region"
              + " out, or open the bucket that lies there");
    }
    return named;
  }

  /** The Region the options name; a general-purpose bucket's name tells nothing of it. */
  static String required(BucketName bucket, ExpressOptions options) {
    return options
        .region()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "bucket " + bucket + " needs a Region: set ExpressOptions.region"));
  }
}
