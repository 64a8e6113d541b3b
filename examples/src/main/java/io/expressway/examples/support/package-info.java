/** What the examples share, and what would make one of them longer than a page. */
@NullMarked
package io.expressway.examples.support;

import org.jspecify.annotations.NullMarked;
