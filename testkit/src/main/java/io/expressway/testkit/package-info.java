/**
 * An S3 Express One Zone for tests and benchmarks: several zones in one process, strict about what
 * the service is strict about, with latency and faults on request.
 *
 * <p>Start with {@link io.expressway.testkit.ZonalServer}. What AWS does not document, and what was
 * chosen, stands in {@code UNDOCUMENTED.md} of this module.
 */
@NullMarked
package io.expressway.testkit;

import org.jspecify.annotations.NullMarked;
