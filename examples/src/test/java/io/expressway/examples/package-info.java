/** The examples, run as a user runs them, offline. */
@NullMarked
package io.expressway.examples;

import org.jspecify.annotations.NullMarked;
