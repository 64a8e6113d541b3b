package io.expressway.session;

/**
 * What {@link Sessions} did so far.
 *
 * @param created CreateSession calls that succeeded
 * @param failed CreateSession calls, or look-ups of the identity that signs them, that failed
 * @param live sessions that could sign a request now
 */
public record SessionStats(long created, long failed, int live) {}
