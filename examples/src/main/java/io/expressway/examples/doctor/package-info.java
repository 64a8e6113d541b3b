/** Looks at everything a bucket needs to be read and written from here, and says what to do. */
@NullMarked
package io.expressway.examples.doctor;

import org.jspecify.annotations.NullMarked;
