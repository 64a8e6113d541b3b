/** Documents that are made from the code, and the test that keeps them so. */
@NullMarked
package io.expressway.reference;

import org.jspecify.annotations.NullMarked;
