/**
 * A small HTTP service that serves ranges of objects straight from slices: {@code Store} opens the
 * buckets, {@code ObjectHandler} serves them, {@code StatusHandler} shows how they do.
 */
@NullMarked
package io.expressway.examples.service;

import org.jspecify.annotations.NullMarked;
