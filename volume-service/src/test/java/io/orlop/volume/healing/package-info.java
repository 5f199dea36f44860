@NullMarked
package io.orlop.volume.healing;

import org.jspecify.annotations.NullMarked;
