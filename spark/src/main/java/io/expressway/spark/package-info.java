/**
 * Expressway in Spark: SQL functions and reads of whole partitions.
 *
 * <p>A {@link io.expressway.spark.BucketDescription} travels with the job; each executor's JVM
 * opens what it describes once, when a task first asks, and closes it when it exits. No secret
 * travels: executors find credentials where they run.
 */
@NullMarked
package io.expressway.spark;

import org.jspecify.annotations.NullMarked;
