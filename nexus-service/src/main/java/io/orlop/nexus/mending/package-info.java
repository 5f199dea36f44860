/// What a nexus lacks to be what was promised.
@NullMarked
package io.orlop.nexus.mending;

import org.jspecify.annotations.NullMarked;
