package io.expressway.examples.doctor;

import io.expressway.BucketStats;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.PriceTable;
import io.expressway.multiaz.OwnZone;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says of each bucket whether it can be used from here, and what to do where it cannot: {@code
 * doctor --bucket NAME [--bucket NAME] [--region REGION] [--endpoint URL]}. Reads, and writes
 * nothing. Never prints a secret.
 */
public final class Doctor {
  private static final String USAGE =
      "usage: doctor --bucket NAME [--bucket NAME...] [--region REGION] [--endpoint URL]";

  private final Credentials identity;
  private final ExpressOptions options;
  private final Optional<String> ownZone;
  private final PrintStream out;

  Doctor(Credentials identity, ExpressOptions options, Optional<String> ownZone, PrintStream out) {
    this.identity = identity;
    this.options = options;
    this.ownZone = ownZone;
    this.out = out;
  }

  /**
   * Examines the buckets that the arguments name, with the default credential chain.
   *
   * @return 0 when nothing failed, 1 when something did
   * @throws IllegalArgumentException when the arguments make no sense
   */
  public static int run(String[] args) {
    List<String> buckets = new ArrayList<>();
    ExpressOptions options = ExpressOptions.defaults();
    if (List.of(args).contains("--help")) {
      System.out.println(USAGE);
      return 0;
    }
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value\n" + USAGE);
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--bucket" -> buckets.add(value);
        case "--region" -> options = options.region(value);
        case "--endpoint" -> options = options.endpoint(URI.create(value));
        default -> throw new IllegalArgumentException("unknown option " + args[i] + "\n" + USAGE);
      }
    }
    if (buckets.isEmpty()) {
      throw new IllegalArgumentException(USAGE);
    }
    Credentials identity = Credentials.fromDefaultChain();
    return new Doctor(identity, options, OwnZone.find(), System.out).examine(buckets) ? 0 : 1;
  }

  /** Prints what is found; false when something failed. */
  boolean examine(List<String> buckets) {
    boolean well = true;
    BucketStats sent = BucketStats.NONE;
    for (String bucket : buckets) {
      Examination found = Examination.of(bucket, identity, options, ownZone);
      out.println(bucket);
      found.findings().forEach(out::println);
      well &= found.findings().stream().noneMatch(Finding::isFailure);
      sent = sent.plus(found.sent());
    }
    PriceTable prices = PriceTable.usEast1();
    out.printf(
        Locale.ROOT,
        "%s; %d requests, %.5f US dollars (%s)%n",
        well ? "nothing failed" : "something failed",
        sent.total().requests(),
        prices.of(sent),
        prices.source());
    return well;
  }
}
