package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request target as it came over the wire, and the two readings of it: decoded for the store,
 * canonical for the signature.
 *
 * <p>The canonical URI is the path encoded exactly once, with its slashes kept and nothing
 * normalised: Amazon S3 keeps {@code //} and {@code ..} in keys (Amazon S3 API reference,
 * "Signature Calculations for the Authorization Header", read on 2026-11-22).
 *
 * @param path the raw path, starting with a slash
 * @param pairs the raw query parameters in the order sent
 */
public record RawTarget(String path, List<Pair> pairs) {

  /**
   * One raw query parameter.
   *
   * @param name the raw name
   * @param value the raw value, {@code ""} when there was none
   */
  public record Pair(String name, String value) {}

  /**
   * Splits an origin-form or absolute-form target.
   *
   * @throws S3Error 400 InvalidURI when the percent encoding is broken
   */
  public static RawTarget parse(String target) {
    String origin = originForm(target);
    int mark = origin.indexOf('?');
    String path = mark < 0 ? origin : origin.substring(0, mark);
    List<Pair> pairs = mark < 0 ? List.of() : pairs(origin.substring(mark + 1));
    return checked(new RawTarget(path.isEmpty() ? "/" : path, pairs));
  }

  /** The decoded query. */
  public Map<String, List<String>> query() {
    if (pairs.isEmpty()) {
      return Map.of();
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      query
          .computeIfAbsent(PercentCoding.decodeText(pair.name, true), n -> new ArrayList<>(1))
          .add(PercentCoding.decodeText(pair.value, true));
    }
    return query;
  }

  /** The first decoded value of a parameter, or null. */
  public @Nullable String param(String name) {
    for (Pair pair : pairs) {
      if (PercentCoding.decodeText(pair.name, true).equals(name)) {
        return PercentCoding.decodeText(pair.value, true);
      }
    }
    return null;
  }

  /** The decoded path. */
  public String decodedPath() {
    return PercentCoding.decodeText(path, false);
  }

  /** The CanonicalURI. */
  String canonicalPath() {
    return PercentCoding.isPlain(path, true)
        ? path
        : PercentCoding.encode(PercentCoding.decode(path, false), true);
  }

  /**
   * The CanonicalQueryString: encoded names and values, sorted by name and then by value.
   *
   * @param without the decoded name of a parameter to leave out, null to keep all
   */
  String canonicalQuery(@Nullable String without) {
    if (pairs.isEmpty()) {
      return "";
    }
    List<Pair> canonical = new ArrayList<>(pairs.size());
    for (Pair pair : pairs) {
      if (!PercentCoding.decodeText(pair.name, true).equals(without)) {
        canonical.add(new Pair(canonicalPart(pair.name), canonicalPart(pair.value)));
      }
    }
    canonical.sort(
        (a, b) -> a.name.equals(b.name) ? a.value.compareTo(b.value) : a.name.compareTo(b.name));
    StringBuilder out = new StringBuilder();
    for (Pair pair : canonical) {
      out.append(out.length() == 0 ? "" : "&").append(pair.name).append('=').append(pair.value);
    }
    return out.toString();
  }

  private static String canonicalPart(String raw) {
    return PercentCoding.isPlain(raw, false)
        ? raw
        : PercentCoding.encode(PercentCoding.decode(raw, true), false);
  }

  private static String originForm(String target) {
    if (target.startsWith("/")) {
      return target;
    }
    int authority = target.indexOf("://");
    int slash = authority < 0 ? -1 : target.indexOf('/', authority + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  private static List<Pair> pairs(String rawQuery) {
    List<Pair> pairs = new ArrayList<>(4);
    for (String part : rawQuery.split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        pairs.add(
            equals < 0
                ? new Pair(part, "")
                : new Pair(part.substring(0, equals), part.substring(equals + 1)));
      }
    }
    return List.copyOf(pairs);
  }

  private static RawTarget checked(RawTarget target) {
    try {
      PercentCoding.decodeText(target.path, false);
      for (Pair pair : target.pairs) {
        PercentCoding.decodeText(pair.name, true);
        PercentCoding.decodeText(pair.value, true);
      }
      return target;
    } catch (IllegalArgumentException e) {
      throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
    }
  }
}
