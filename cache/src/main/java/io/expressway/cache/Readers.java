package io.expressway.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * How many read each slot of the memory, counted in several places so that threads on different
 * cores write different memory: with one count for a block, two threads that hit at the same time
 * took as long as one that does the work of both.
 *
 * <p>A thread counts in and out at its own place; who counts out may be another than who counted
 * in, so only the sum over the places means anything. It is not read at one moment. That does no
 * harm as long as it is never taken for less than it is when a block may die, which these rules see
 * to:
 *
 * <ul>
 *   <li>While the cache keeps a block, nobody sums: the cache is a reader itself.
 *   <li>Once it does not, the block is loose. Whoever counts out then does it under this lock, and
 *       so does the sum: a reader that was missed because it counted in at a place that had been
 *       looked at already cannot have taken another one out at a place that had not.
 *   <li>Whoever counted without the lock looks again whether the block is still kept. If not, who
 *       counted out sums once more, and who counted in takes that back, at the same place: it may
 *       have kept a block from dying meanwhile, the old one or the slot's next, so all that are
 *       loose are summed.
 * </ul>
 *
 * <p>Thread: safe for many. Locks of others may be held when this one is taken; under it, only that
 * of {@link Slabs} is.
 */
final class Readers {
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[][] places;

  /** Blocks that were loose and read when last looked at; under this object's lock. */
  private final Set<Block> loose = Collections.newSetFromMap(new IdentityHashMap<>());

  Readers(int slots) {
    this.places = new int[Places.COUNT][slots];
  }

  /** Where the calling thread counts. */
  int[] place() {
    return places[Places.current()];
  }

  static void add(int[] place, int slot, int readers) {
    COUNT.getAndAdd(place, slot, readers);
  }

  private int sum(int slot) {
    int sum = 0;
    for (int[] place : places) {
      sum += (int) COUNT.getVolatile(place, slot);
    }
    return sum;
  }

  /** Counts a reader in, unless the block is dead. */
  synchronized boolean tryRetainLoose(Block block) {
    if (block.isDead()) {
      return false;
    }
    add(place(), block.slot(), 1);
    return true;
  }

  /** Takes back what was counted at the place of a block that was kept when last looked at. */
  synchronized void takeBack(int[] place, int slot) {
    add(place, slot, -1);
    List.copyOf(loose).forEach(this::settle);
  }

  /** Counts a reader of a block out that is not kept, or was not when last looked at. */
  synchronized void releaseLoose(Block block) {
    add(place(), block.slot(), -1);
    settle(block);
  }

  /** Lets the block die if it is loose and nobody reads it. */
  synchronized void settle(Block block) {
    if (!block.isLoose()) {
      return;
    }
    if (sum(block.slot()) == 0) {
      loose.remove(block);
      block.die();
    } else {
      loose.add(block);
    }
  }

  /** The cache keeps the block, if it does not yet; the caller reads it. */
  synchronized boolean tryKeep(Block block) {
    if (!block.isLoose()) {
      return false;
    }
    loose.remove(block);
    add(place(), block.slot(), 1);
    block.keep();
    return true;
  }

  /** The cache keeps the block no more. */
  synchronized void letGo(Block block) {
    block.loosen();
    releaseLoose(block);
  }
}
