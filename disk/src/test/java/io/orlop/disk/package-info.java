@NullMarked
package io.orlop.disk;

import org.jspecify.annotations.NullMarked;
