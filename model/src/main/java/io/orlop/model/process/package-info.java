/// How each process of ours begins and ends.
@NullMarked
package io.orlop.model.process;

import org.jspecify.annotations.NullMarked;
