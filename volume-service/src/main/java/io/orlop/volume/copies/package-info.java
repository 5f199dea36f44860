/// A volume's replicas with everything that is known of them, and what follows from it.
@NullMarked
package io.orlop.volume.copies;

import org.jspecify.annotations.NullMarked;
