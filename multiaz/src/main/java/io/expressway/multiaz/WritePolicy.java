package io.expressway.multiaz;

/**
 * How many replicas must have a write before it is done. What each policy promises to readers, and
 * what becomes of writes that reach some replicas only, is a table in {@code docs/multi-az.md}.
 */
public final class WritePolicy {
  private enum Rule {
    PRIMARY,
    QUORUM,
    ALL
  }

  private static final WritePolicy PRIMARY_ONLY = new WritePolicy(Rule.PRIMARY);
  private static final WritePolicy MOST = new WritePolicy(Rule.QUORUM);
  private static final WritePolicy EVERY = new WritePolicy(Rule.ALL);

  private final Rule rule;

  private WritePolicy(Rule rule) {
    this.rule = rule;
  }

  /** Done when the primary has it; the others follow. Fails while the primary does. */
  public static WritePolicy primary() {
    return PRIMARY_ONLY;
  }

  /** Done when more than half of the replicas have it: two of three survive any one zone. */
  public static WritePolicy quorum() {
    return MOST;
  }

  /** Done when every replica has it. Fails while any of them does. */
  public static WritePolicy all() {
    return EVERY;
  }

  /** Whether the primary decides and nobody else is waited for. */
  boolean isPrimary() {
    return rule == Rule.PRIMARY;
  }

  /** Whether some replicas may miss a write that is done, so that no one of them decides. */
  boolean isQuorum() {
    return rule == Rule.QUORUM;
  }

  /** How many replicas must have a write. */
  int acks(int replicas) {
    return switch (rule) {
      case PRIMARY -> 1;
      case QUORUM -> replicas / 2 + 1;
      case ALL -> replicas;
    };
  }

  /**
   * Whether nothing that is done can be missing from all of those replicas at once: what they do
   * not have is not there.
   */
  boolean believesAbsence(int absent, boolean primaryAmongThem, int replicas) {
    return rule == Rule.PRIMARY ? primaryAmongThem : absent > replicas - acks(replicas);
  }

  @Override
  public String toString() {
    return rule.name().toLowerCase(java.util.Locale.ROOT);
  }
}
