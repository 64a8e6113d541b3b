package io.expressway.testkit.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A request that somebody else signed and published, and the server that may judge it: its region,
 * its clock and the credentials used.
 *
 * @param title where it comes from
 * @param region the region that the judge expects
 * @param keys the credentials
 * @param sessionBucket the bucket of the session when these are a session's credentials
 * @param now the judge's clock
 * @param method the HTTP method
 * @param target the raw request target
 * @param headers lower-case names; only headers that the signature covers, and authorization
 */
record SignedExample(
    String title,
    String region,
    Keys keys,
    @Nullable String sessionBucket,
    Instant now,
    String method,
    String target,
    Map<String, String> headers) {

  SignedExample {
    headers = new LinkedHashMap<>(headers);
  }

  Verified verify() {
    return judge().verify(new SignedRequest(method, RawTarget.parse(target), headers), now);
  }

  /** A judge that knows these credentials only. */
  private Authenticator judge() {
    Sessions sessions = new Sessions(Sessions.LIFETIME, new Tokens(new Random(1)));
    if (sessionBucket == null) {
      return new Authenticator(region, true, Map.of(keys.accessKeyId(), keys), sessions);
    }
    Instant end = now.plus(Duration.ofMinutes(1));
    sessions.keep(new Session(keys, sessionBucket, false, end, Map.of()));
    return new Authenticator(region, false, Map.of(), sessions);
  }

  SignedExample withMethod(String other) {
    return new SignedExample(title, region, keys, sessionBucket, now, other, target, headers);
  }

  SignedExample withTarget(String other) {
    return new SignedExample(title, region, keys, sessionBucket, now, method, other, headers);
  }

  SignedExample at(Instant other) {
    return new SignedExample(title, region, keys, sessionBucket, other, method, target, headers);
  }

  /** The same with a header of another value, null for without the header. */
  SignedExample withHeader(String name, @Nullable String value) {
    SignedExample other = withTarget(target);
    if (value == null) {
      other.headers.remove(name);
    } else {
      other.headers.put(name, value);
    }
    return other;
  }

  @Override
  public String toString() {
    return title;
  }
}
