/** The wire against a server that answers byte by byte as a test says. */
@NullMarked
package io.expressway.internal.http;

import org.jspecify.annotations.NullMarked;
