@NullMarked
package io.orlop.dataplane;

import org.jspecify.annotations.NullMarked;
