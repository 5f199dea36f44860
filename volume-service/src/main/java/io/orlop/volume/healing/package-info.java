/// What to mend when copies of a volume are lost, and in which order.
@NullMarked
package io.orlop.volume.healing;

import org.jspecify.annotations.NullMarked;
