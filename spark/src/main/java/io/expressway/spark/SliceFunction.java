package io.expressway.spark;

import io.expressway.Slice;
import java.io.Serializable;

/**
 * Makes a result from bytes that were read, where they lie.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface SliceFunction<T> extends Serializable {
  /**
   * Called on the task's thread, in the order of the ranges.
   *
   * @param slice lent for this call only: what is kept must be copied
   * @throws Exception fails the task
   */
  T apply(KeyRange range, Slice slice) throws Exception;
}
