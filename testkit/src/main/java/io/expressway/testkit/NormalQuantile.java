package io.expressway.testkit;

/**
 * The standard normal distribution's quantiles, to seven digits: algorithm AS 241 (PPND7) of M. J.
 * Wichura, Applied Statistics 37 (1988), 477-484.
 */
final class NormalQuantile {
  private static final double CENTRAL = 0.425;
  private static final double FAR = 5;

  // Coefficients, lowest power first, above and below the line.
  private static final double[][] MIDDLE = {
    {3.3871327179, 50.434271938, 159.29113202, 59.109374720},
    {1, 17.895169469, 78.757757664, 67.187563600}
  };
  private static final double[][] TAIL = {
    {1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103},
    {1, 0.73700164250, 0.12021132975}
  };
  private static final double[][] FAR_TAIL = {
    {6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997},
    {1, 0.24197894225, 0.012258202635}
  };

  private NormalQuantile() {}

  /** Of a probability within (0, 1); infinite at 0 and 1. */
  static double at(double probability) {
    double fromMiddle = probability - 0.5;
    if (Math.abs(fromMiddle) <= CENTRAL) {
      return fromMiddle * ratio(MIDDLE, CENTRAL * CENTRAL - fromMiddle * fromMiddle);
    }
    double rarity = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
    double size;
    if (Double.isInfinite(rarity)) {
      size = rarity;
    } else if (rarity <= FAR) {
      size = ratio(TAIL, rarity - 1.6);
    } else {
      size = ratio(FAR_TAIL, rarity - FAR);
    }
    return Math.copySign(size, fromMiddle);
  }

  private static double ratio(double[][] of, double x) {
    return polynomial(of[0], x) / polynomial(of[1], x);
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
