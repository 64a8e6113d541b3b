package io.expressway.examples.doctor;

import java.util.Locale;

/**
 * What one check found. Holds no secret.
 *
 * @param check what was looked at
 * @param level how it is
 * @param seen what was seen
 * @param advice what to do about it; empty when nothing needs to be done
 */
record Finding(String check, Level level, String seen, String advice) {
  /** How it is. */
  enum Level {
    PASS,
    /** It works, but not as well as it could. */
    WARN,
    FAIL,
    /** It was not looked at, because what it needs failed. */
    SKIP
  }

  static Finding pass(String check, String seen) {
    return new Finding(check, Level.PASS, seen, "");
  }

  static Finding warn(String check, String seen, String advice) {
    return new Finding(check, Level.WARN, seen, advice);
  }

  static Finding fail(String check, String seen, String advice) {
    return new Finding(check, Level.FAIL, seen, advice);
  }

  static Finding skip(String check) {
    return new Finding(check, Level.SKIP, "not looked at", "");
  }

  boolean isFailure() {
    return level == Level.FAIL;
  }

  @Override
  public String toString() {
    String line = String.format(Locale.ROOT, "  %-4s  %-24s %s", level, check, seen);
    return advice.isEmpty() ? line : line + "\n        " + "→ " + advice;
  }
}
