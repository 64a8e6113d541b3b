/** Clients that others wrote judge the server: each SDK client runs the same checks. */
@NullMarked
package io.expressway.testkit.judges;

import org.jspecify.annotations.NullMarked;
