/// What the user wants: volumes, and the steps from the promise to the kept word.
@NullMarked
package io.orlop.volume;

import org.jspecify.annotations.NullMarked;
