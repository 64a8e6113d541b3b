/** What every {@code Bucket} must do, as tests to extend: one subclass for each kind of bucket. */
@NullMarked
package io.expressway.contract;

import org.jspecify.annotations.NullMarked;
