package io.expressway.internal.http;

import io.netty.util.concurrent.FastThreadLocalThread;

/** A thread that runs an event loop, and so must not wait for one. */
final class LoopThread extends FastThreadLocalThread {
  LoopThread(Runnable loop, String name) {
    super(loop, name);
    setDaemon(true);
  }
}
