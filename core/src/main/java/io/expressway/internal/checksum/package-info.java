/** Checksums of bodies as S3 carries them. */
@NullMarked
package io.expressway.internal.checksum;

import org.jspecify.annotations.NullMarked;
