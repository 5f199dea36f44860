/// The hands: one process on each storage node.
@NullMarked
package io.orlop.dataplane;

import org.jspecify.annotations.NullMarked;
