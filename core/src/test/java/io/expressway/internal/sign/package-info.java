/** Our signatures, beside those of the AWS SDK. */
@NullMarked
package io.expressway.internal.sign;

import org.jspecify.annotations.NullMarked;
