/** When a failed attempt is worth another. */
@NullMarked
package io.expressway.internal.retry;

import org.jspecify.annotations.NullMarked;
