@NullMarked
package io.orlop.volume;

import org.jspecify.annotations.NullMarked;
