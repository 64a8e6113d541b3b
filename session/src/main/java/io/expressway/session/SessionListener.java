package io.expressway.session;

/**
 * Told of what happens to sessions, on the thread where it happens, often an event loop: it must be
 * fast and must not block. What it throws is dropped.
 */
@FunctionalInterface
public interface SessionListener {
  /** Listens to nothing. */
  SessionListener NONE = event -> {};

  /** Something happened to one session. */
  void onEvent(SessionEvent event);
}
