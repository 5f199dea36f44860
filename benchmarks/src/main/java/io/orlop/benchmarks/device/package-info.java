/// What reading and writing costs: an agent beside other servers of blocks, on files of the same machine, through
/// clients of one kind.
@NullMarked
package io.orlop.benchmarks.device;

import org.jspecify.annotations.NullMarked;
