/// What happened to each key, in memory, without the values.
@NullMarked
package io.orlop.store.history;

import org.jspecify.annotations.NullMarked;
