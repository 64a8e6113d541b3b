/** S3 servers written by others, as judges of what we and our own test server agree on. */
@NullMarked
package io.expressway.foreign;

import org.jspecify.annotations.NullMarked;
