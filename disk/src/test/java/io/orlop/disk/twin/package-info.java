@NullMarked
package io.orlop.disk.twin;

import org.jspecify.annotations.NullMarked;
