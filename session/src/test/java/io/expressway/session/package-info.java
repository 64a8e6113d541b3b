/** Sessions against a clock that only tests move, and against the test server. */
@NullMarked
package io.expressway.session;

import org.jspecify.annotations.NullMarked;
