/** The service, over HTTP. */
@NullMarked
package io.expressway.examples.service;

import org.jspecify.annotations.NullMarked;
