/// The standards we speak, and the contracts between our own services.
@NullMarked
package io.orlop.wire;

import org.jspecify.annotations.NullMarked;
