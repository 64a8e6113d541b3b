/**
 * Jobs on clusters, run by {@code spark/run} and not by the build: what they prove takes processes
 * that can be killed, and class paths that Maven would not make.
 */
@NullMarked
package io.expressway.spark.cluster;

import org.jspecify.annotations.NullMarked;
