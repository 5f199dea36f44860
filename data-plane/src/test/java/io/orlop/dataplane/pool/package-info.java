@NullMarked
package io.orlop.dataplane.pool;

import org.jspecify.annotations.NullMarked;
