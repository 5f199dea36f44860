/// What one says to the store and what it answers: keys, operations, outcomes, and the reasons for a no.
@NullMarked
package io.orlop.store.api;

import org.jspecify.annotations.NullMarked;
