/** Signature checks, asked directly. */
@NullMarked
package io.expressway.testkit.auth;

import org.jspecify.annotations.NullMarked;
