/// Everything in one process: what `./orlop demo` starts.
@NullMarked
package io.orlop.standalone;

import org.jspecify.annotations.NullMarked;
