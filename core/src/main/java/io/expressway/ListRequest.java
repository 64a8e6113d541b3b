package io.expressway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which page of which part of a bucket to list. Immutable.
 *
 * <p>Directory buckets take a prefix only when it is empty or ends in {@code /}, and no delimiter
 * but {@code /} (S3 API, ListObjectsV2, read on 2026-11-22).
 */
public final class ListRequest {
  private static final int LARGEST_PAGE = 1000;
  private final String prefix;
  private final boolean grouped;
  private final int pageSize;
  private final @Nullable String token;

  private ListRequest(String prefix, boolean grouped, int pageSize, @Nullable String token) {
    this.prefix = prefix;
    this.grouped = grouped;
    this.pageSize = pageSize;
    this.token = token;
  }

  /** Everything below {@code prefix}, which is empty for the whole bucket. */
  public static ListRequest under(String prefix) {
    return new ListRequest(prefix, false, LARGEST_PAGE, null);
  }

  /** The same, with what lies below a further {@code /} given as one prefix each. */
  public ListRequest grouped() {
    return new ListRequest(prefix, true, pageSize, token);
  }

  /** The same in pages of at most {@code entries}, 1 to 1,000. */
  public ListRequest pageSize(int entries) {
    if (entries < 1 || entries > LARGEST_PAGE) {
      throw new IllegalArgumentException(
          "a listing's page size must be 1 to " + LARGEST_PAGE + " entries, but is " + entries);
    }
    return new ListRequest(prefix, grouped, entries, token);
  }

  /** The same, going on where an earlier page of it ended. */
  public ListRequest after(String continuationToken) {
    return new ListRequest(prefix, grouped, pageSize, continuationToken);
  }

  /** What every key listed begins with. */
  public String prefix() {
    return prefix;
  }

  /** Whether keys below a further {@code /} are given as common prefixes. */
  public boolean isGrouped() {
    return grouped;
  }

  /** Most entries in one page. */
  public int pageSize() {
    return pageSize;
  }

  /** Where the page goes on from. */
  public Optional<String> token() {
    return Optional.ofNullable(token);
  }

  @Override
  public String toString() {
    return "list " + (prefix.isEmpty() ? "everything" : "under " + prefix);
  }
}
