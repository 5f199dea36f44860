/// The edge for people and tools.
@NullMarked
package io.orlop.gateway;

import org.jspecify.annotations.NullMarked;
