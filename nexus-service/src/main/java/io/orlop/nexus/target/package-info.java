/// Where a nexus runs.
@NullMarked
package io.orlop.nexus.target;

import org.jspecify.annotations.NullMarked;
