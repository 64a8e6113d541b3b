/** Runnable examples, one task each; they run offline. */
@NullMarked
package io.expressway.examples;

import org.jspecify.annotations.NullMarked;
