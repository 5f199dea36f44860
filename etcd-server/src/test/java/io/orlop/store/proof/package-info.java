/// What clients saw, held against what may be: whether a history can be put in an order, and whether watches heard all.
@NullMarked
package io.orlop.store.proof;

import org.jspecify.annotations.NullMarked;
