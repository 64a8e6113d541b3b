/** The doctor, with every illness it knows. */
@NullMarked
package io.expressway.examples.doctor;

import org.jspecify.annotations.NullMarked;
