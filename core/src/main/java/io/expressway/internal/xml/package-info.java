/** The few XML documents the service answers with. */
@NullMarked
package io.expressway.internal.xml;

import org.jspecify.annotations.NullMarked;
