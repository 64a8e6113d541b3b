/** Tests of the caching read path, most of them against the zonal server with requests counted. */
@NullMarked
package io.expressway.cache;

import org.jspecify.annotations.NullMarked;
