/// The program around the store.
@NullMarked
package io.orlop.store;

import org.jspecify.annotations.NullMarked;
