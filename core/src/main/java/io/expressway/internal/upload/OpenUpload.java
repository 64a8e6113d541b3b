package io.expressway.internal.upload;

import java.time.Instant;

/**
 * An upload in parts that was neither completed nor aborted.
 *
 * @param begun when, by the service's clock
 */
public record OpenUpload(String key, String id, Instant begun) {}
