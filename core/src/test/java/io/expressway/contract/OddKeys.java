package io.expressway.contract;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Keys that some step between a caller and a service is likely to mangle. */
final class OddKeys {
  private OddKeys() {}

  /** Keys S3 permits: every printable ASCII character, then what clients like to rewrite. */
  static List<String> permitted() {
    Stream<String> ascii = IntStream.rangeClosed(' ', '~').mapToObj(c -> "odd/a" + (char) c + "b");
    return Stream.concat(
            ascii,
            Stream.of(
                " ",
                "+",
                "odd/ leading and trailing ",
                "odd/100%25 encoded %2F already",
                "odd/a+b c&d=e?f#g;h",
                "odd/<tag attr=\"v\">&amp;</tag>",
                "odd/../up",
                "odd/./here",
                "odd//double",
                "odd/trailing/",
                "../odd",
                "odd/..",
                "odd/caf\u00e9 na\u00efve",
                "odd/cafe\u0301",
                "odd/\u65e5\u672c\u8a9e/\u4e2d\u6587",
                "odd/\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
                "odd/\ud83d\ude80\ud83d\udc69\u200d\ud83d\ude80",
                "odd/\u007f delete",
                "odd/\u0085 next line \u2028 separator",
                "odd/tab\there",
                "odd/line\nfeed",
                "odd/carriage\rreturn",
                "/leading slash"))
        .toList();
  }

  /** Keys no bucket takes. */
  static List<String> refused() {
    return List.of(
        "",
        "a".repeat(1025),
        "\u00e9".repeat(513),
        "\ud83d\ude80".repeat(257),
        "lone high \ud83d surrogate",
        "lone low \ude80 surrogate",
        "ends in \ud83d",
        "a NUL \u0000 byte",
        "an escape \u001b character");
  }

  /** Keys as long as may be: 1,024 bytes of UTF-8. */
  static List<String> longest() {
    return List.of("k".repeat(1024), "\u00e9".repeat(512), "\ud83d\ude80".repeat(256));
  }
}
