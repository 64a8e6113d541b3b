/** Tests in Spark's local mode against the zonal server, requests and sessions counted there. */
@NullMarked
package io.expressway.spark;

import org.jspecify.annotations.NullMarked;
