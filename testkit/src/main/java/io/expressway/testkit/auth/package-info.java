/**
 * Signature Version 4 as the server checks it, sessions, and the payload forms. Written from the
 * AWS pages "Signature Calculations for the Authorization Header" and "CreateSession" of the Amazon
 * S3 API reference (read on 2026-11-22); shares nothing with any client.
 */
@NullMarked
package io.expressway.testkit.auth;

import org.jspecify.annotations.NullMarked;
