/**
 * One bucket out of several that hold the same keys, each in a zone of its own: reads that survive
 * the loss of a zone, and writes that say how many zones have them.
 *
 * <dl>
 *   <dt>replica
 *   <dd>one of the buckets, with what is known of its zone's health
 *   <dt>primary
 *   <dd>the first replica in the order given; appends and renames are decided there
 *   <dt>stamp
 *   <dd>the version we give a content when it is written, the same in every zone
 *   <dt>hedge
 *   <dd>a second attempt at a read in another zone, because the first has been silent for too long
 *   <dt>owed
 *   <dd>a key that a replica has not got, or not in its latest version, although the write is done
 * </dl>
 */
@NullMarked
package io.expressway.multiaz;

import org.jspecify.annotations.NullMarked;
