/** The object semantics, asked directly. */
@NullMarked
package io.expressway.testkit.store;

import org.jspecify.annotations.NullMarked;
