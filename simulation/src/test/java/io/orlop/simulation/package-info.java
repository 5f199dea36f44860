@NullMarked
package io.orlop.simulation;

import org.jspecify.annotations.NullMarked;
