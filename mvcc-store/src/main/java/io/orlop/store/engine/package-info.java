/// The store itself: one writer, readers without locks, and the door to both.
@NullMarked
package io.orlop.store.engine;

import org.jspecify.annotations.NullMarked;
