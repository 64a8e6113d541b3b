package io.expressway;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What may stand in a request header: nothing that could end it early. */
final class HeaderText {
  private static final int METADATA_LIMIT_BYTES = 2048;

  private HeaderText() {}

  static String check(String what, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException(
            what
                + " must be visible ASCII, but has U+"
                + String.format("%04X", (int) c)
                + " at index "
                + i);
      }
    }
    return value.strip();
  }

  static Map<String, String> checkMetadata(Map<String, String> entries) {
    TreeMap<String, String> checked = new TreeMap<>();
    int total = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String name = checkName(entry.getKey());
      String value = check("metadata " + name, entry.getValue());
      if (checked.put(name, value) != null) {
        throw new IllegalArgumentException(
            "metadata " + name + " is given twice: names do not differ by case");
      }
      total += name.length() + value.getBytes(StandardCharsets.US_ASCII).length;
    }
    if (total > METADATA_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "user metadata is limited to 2048 bytes, names and values together, but has " + total);
    }
    return java.util.Collections.unmodifiableMap(checked);
  }

  private static String checkName(String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,200}")) {
      throw new IllegalArgumentException(
          "metadata name \"" + name + "\" must be 1 to 200 letters, digits, '-', '_' or '.'");
    }
    return name.toLowerCase(Locale.ROOT);
  }
}
