/** Object semantics of the test server: buckets, objects, listings and uploads held in memory. */
@NullMarked
package io.expressway.testkit.store;

import org.jspecify.annotations.NullMarked;
