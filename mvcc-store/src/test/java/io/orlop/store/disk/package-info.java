@NullMarked
package io.orlop.store.disk;

import org.jspecify.annotations.NullMarked;
