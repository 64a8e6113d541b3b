package io.expressway.cache;

import io.expressway.ReadRequest;

/** Memory could not take what was to be kept in it. */
final class NoRoomException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NoRoomException(ReadRequest request, BlockCache memory) {
    super(
        "the cache has no room for "
            + request
            + ": "
            + memory
            + " is full of blocks that are lent, or the range is longer than half of it; close"
            + " slices sooner, or give the cache more memory");
  }
}
