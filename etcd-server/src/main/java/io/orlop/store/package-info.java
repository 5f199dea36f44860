/// The store as a program of its own.
@NullMarked
package io.orlop.store;

import org.jspecify.annotations.NullMarked;
