package io.expressway.session;

import java.time.Duration;

/**
 * What {@link Sessions} did so far, and how they stand.
 *
 * @param created CreateSession calls that succeeded
 * @param refreshed those of them that replaced a session while it was still good
 * @param failed CreateSession calls, or look-ups of the identity that signs them, that failed
 * @param invalidated sessions that the service refused before their end
 * @param letGo sessions let go, unused or to make room for others
 * @param waited requests that had to wait for a session
 * @param waiting requests that wait now
 * @param live sessions that could sign a request now
 * @param oldest the age of the oldest of them; zero without any
 */
public record SessionStats(
    long created,
    long refreshed,
    long failed,
    long invalidated,
    long letGo,
    long waited,
    int waiting,
    int live,
    Duration oldest) {}
