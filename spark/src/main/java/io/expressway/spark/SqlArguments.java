package io.expressway.spark;

import org.jspecify.annotations.Nullable;

/** What SQL hands to a function, as what it needs. */
final class SqlArguments {
  private SqlArguments() {}

  static String key(String function, Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw wrong(function, "key", "STRING", key);
  }

  static long number(String function, String name, Object value) {
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    throw wrong(function, name, "INT or BIGINT", value);
  }

  static byte[] bytes(String function, Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    throw wrong(function, "bytes", "BINARY", value);
  }

  private static IllegalArgumentException wrong(
      String function, String name, String type, @Nullable Object value) {
    return new IllegalArgumentException(
        function
            + ": "
            + name
            + " must be "
            + type
            + ", but is "
            + (value == null ? "NULL" : value.getClass().getSimpleName())
            + "; use CAST");
  }
}
