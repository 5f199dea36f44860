/// Which copies a nexus may be built from.
@NullMarked
package io.orlop.nexus.children;

import org.jspecify.annotations.NullMarked;
