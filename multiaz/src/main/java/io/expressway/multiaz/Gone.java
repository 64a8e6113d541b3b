package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * Markers of deleted keys: an empty object whose stamp says that every content of the key up to it
 * is gone. Without them a replica that missed a delete would bring the object back.
 *
 * <p>Source: tombstones, as in Demers et al., "Epidemic Algorithms for Replicated Database
 * Maintenance" (PODC 1987), section 2.
 */
final class Gone {
  /** What all markers are below. */
  static final String MARKERS = Fleet.RESERVED + "gone/";

  private Gone() {}

  /** Where a key's marker is: keys may be too long, and too odd, to be part of another. */
  static String markerOf(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return MARKERS + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Says in one replica that the key is gone, unless a later marker says so. */
  static CompletableFuture<ObjectInfo> mark(Replica replica, String key, Stamp stamp) {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    Seen none = new Seen(replica, null, null); // as a rule: else it is looked at
    return NewerOnly.put(
        Content.of(markerOf(key), stamp, nothing, WriteOptions.defaults()), replica, none, null);
  }
}
