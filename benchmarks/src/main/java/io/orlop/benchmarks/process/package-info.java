/// Other processes of a benchmark, so that what is measured has one to itself.
@NullMarked
package io.orlop.benchmarks.process;

import org.jspecify.annotations.NullMarked;
