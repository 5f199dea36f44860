@NullMarked
package io.orlop.store.door;

import org.jspecify.annotations.NullMarked;
