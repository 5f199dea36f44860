@NullMarked
package io.orlop.dataplane.disk;

import org.jspecify.annotations.NullMarked;
