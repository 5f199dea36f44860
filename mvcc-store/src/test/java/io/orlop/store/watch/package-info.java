@NullMarked
package io.orlop.store.watch;

import org.jspecify.annotations.NullMarked;
