/**
 * The caching read path: blocks of objects in off-heap memory, lent where they lie.
 *
 * <p>A {@code CachedBucket} decorates any bucket; a {@code BlockCache} is the memory that any
 * number of them share. How it works inside:
 *
 * <dl>
 *   <dt>object
 *   <dd>one content of one key: what is known of it, its blocks, the requests that fill them. A
 *       content that changes is dropped as a whole, so bytes of two never meet
 *   <dt>block
 *   <dd>an aligned piece of an object in one slot of the memory, with a count of its readers; it
 *       stays until its last reader leaves, evicted or not
 *   <dt>page
 *   <dd>a sixty-fourth of a block: what is present, or on its way, is known page by page
 *   <dt>fetch
 *   <dd>one request that fills missing pages of one or more blocks; any number of reads wait for it
 * </dl>
 */
@NullMarked
package io.expressway.cache;

import org.jspecify.annotations.NullMarked;
