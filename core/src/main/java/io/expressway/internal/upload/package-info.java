/** Objects on their way: cut into parts, sent in parallel from bounded memory, put together. */
@NullMarked
package io.expressway.internal.upload;

import org.jspecify.annotations.NullMarked;
