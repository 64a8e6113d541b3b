/**
 * Expressway: byte ranges of objects in Amazon S3 Express One Zone, read without copying.
 *
 * <p>The words, as the AWS documentation and the literature use them:
 *
 * <dl>
 *   <dt>bucket
 *   <dd>one directory bucket, living in one zone; a general-purpose bucket where we say so
 *   <dt>zone
 *   <dd>an Availability Zone ID such as {@code usw2-az1}, never the AZ name {@code us-west-2a}
 *   <dt>replica
 *   <dd>one bucket of a set that holds the same keys
 *   <dt>session
 *   <dd>the five-minute credentials of one bucket and mode
 *   <dt>range
 *   <dd>bytes {@code [offset, offset + length)} of one object
 *   <dt>version
 *   <dd>opaque identity of one content of one key
 *   <dt>block
 *   <dd>a fixed-size aligned piece of an object in the cache
 *   <dt>attempt
 *   <dd>one try of one request in one zone
 *   <dt>lease
 *   <dd>memory lent to the caller until it closes it
 * </dl>
 */
@NullMarked
package io.expressway;

import org.jspecify.annotations.NullMarked;
