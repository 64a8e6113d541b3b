@NullMarked
package io.expressway.testkit;

import org.jspecify.annotations.NullMarked;
