/** Signature Version 4, as S3 and S3 Express take it. */
@NullMarked
package io.expressway.internal.sign;

import org.jspecify.annotations.NullMarked;
