/// What the whole system costs: start, memory, creating volumes, I/O.
@NullMarked
package io.orlop.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
