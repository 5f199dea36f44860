@NullMarked
package io.orlop.simulation.control;

import org.jspecify.annotations.NullMarked;
