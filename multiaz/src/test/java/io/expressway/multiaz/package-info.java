/** Tests of several zones as one, against real HTTP. */
@org.jspecify.annotations.NullMarked
package io.expressway.multiaz;
