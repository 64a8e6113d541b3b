package io.expressway.testkit.store;

import org.jspecify.annotations.Nullable;

/** Reads whole numbers from requests; each refusal names the argument. */
final class Numbers {
  private Numbers() {}

  /**
   * A page size: absent means the most, more than the most means the most.
   *
   * @throws S3Error 400 InvalidArgument when it is negative or no number
   */
  static int limit(S3Request request, String parameter, int most) {
    String text = request.param(parameter);
    if (text == null || text.isEmpty()) {
      return most;
    }
    return (int) Math.min(most, notNegative(text, parameter));
  }

  /**
   * A number that is zero or more.
   *
   * @throws S3Error 400 InvalidArgument
   */
  static long notNegative(String text, String name) {
    Long number = parse(text);
    if (number == null || number < 0) {
      throw Refusals.invalidArgument(
          name, text, "Provided " + name + " not an integer or within integer range");
    }
    return number;
  }

  private static @Nullable Long parse(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
