@NullMarked
package io.orlop.store.history;

import org.jspecify.annotations.NullMarked;
