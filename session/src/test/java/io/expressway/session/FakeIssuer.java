package io.expressway.session;

import io.expressway.AccessKey;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes sessions when the test says so. Confined to the test's thread. */
final class FakeIssuer implements SessionIssuer {
  private final InstantSource clock;
  private final List<CompletableFuture<AccessKey>> calls = new ArrayList<>();

  FakeIssuer(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
    CompletableFuture<AccessKey> call = new CompletableFuture<>();
    calls.add(call);
    return call;
  }

  /** CreateSession calls so far. */
  int calls() {
    return calls.size();
  }

  /** Answers the latest call with a session of five minutes. */
  AccessKey succeed() {
    return succeed(Duration.ofMinutes(5));
  }

  AccessKey succeed(Duration life) {
    AccessKey key = key("S" + calls.size(), clock.instant().plus(life));
    latest().complete(key);
    return key;
  }

  void fail(Throwable failure) {
    latest().completeExceptionally(failure);
  }

  private CompletableFuture<AccessKey> latest() {
    return calls.get(calls.size() - 1);
  }

  static AccessKey key(String id, Instant expiration) {
    return AccessKey.session(id, "secret of " + id, "token of " + id, expiration);
  }
}
