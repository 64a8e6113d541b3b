/** The wire: connections, requests, answers, and where their bytes land. */
@NullMarked
package io.expressway.internal.http;

import org.jspecify.annotations.NullMarked;
