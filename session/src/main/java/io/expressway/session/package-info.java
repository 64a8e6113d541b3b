/**
 * S3 Express sessions: fetched once for each bucket and mode, shared, and replaced before anyone
 * has to wait.
 */
@NullMarked
package io.expressway.session;

import org.jspecify.annotations.NullMarked;
