/// What a process takes from its surroundings, handed in so that a simulation can hand in its own.
@NullMarked
package io.orlop.model.ambient;

import org.jspecify.annotations.NullMarked;
