package io.expressway.multiaz;

/** Which of the replicas' contents a read may answer with. */
public final class ReadConsistency {
  private static final ReadConsistency ANY = new ReadConsistency("any");
  private static final ReadConsistency QUORUM = new ReadConsistency("quorum");
  private final String name;

  private ReadConsistency(String name) {
    this.name = name;
  }

  /**
   * Whatever the quickest healthy replica has: one request. For keys that are written once, or
   * readers that bear an older content.
   */
  public static ReadConsistency any() {
    return ANY;
  }

  /**
   * The newest content that is done: enough replicas are asked that one of them has it, and what
   * the others lack is repaired. One ranged GET, and two HEADs to each replica, of the object and
   * of the marker of its deletion; under {@link WritePolicy#primary()} one HEAD to the primary.
   */
  public static ReadConsistency quorum() {
    return QUORUM;
  }

  boolean isQuorum() {
    return this == QUORUM;
  }

  @Override
  public String toString() {
    return name;
  }
}
