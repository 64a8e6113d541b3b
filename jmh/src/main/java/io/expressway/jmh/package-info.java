/** Benchmarks: one class, one question, a floor and the peers beside our own. */
@NullMarked
package io.expressway.jmh;

import org.jspecify.annotations.NullMarked;
