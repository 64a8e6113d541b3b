package io.expressway.testkit.auth;

import io.expressway.testkit.store.Identity;
import org.jspecify.annotations.Nullable;

/**
 * A request whose signature is right.
 *
 * @param identity who signed
 * @param session the session used, null when signed with IAM credentials
 * @param payload how the payload is covered
 */
public record Verified(Identity identity, @Nullable Session session, Payload payload) {}
