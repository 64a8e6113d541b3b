package io.expressway.spark;

import io.expressway.Credentials;
import java.util.function.Supplier;

/** The identity that every server of these tests is started with, found by its class's name. */
public final class TestCredentials implements Supplier<Credentials> {
  static final String ID = "SPARKKEY";
  static final String SECRET = "not-to-be-seen";

  @Override
  public Credentials get() {
    return Credentials.of(ID, SECRET);
  }
}
