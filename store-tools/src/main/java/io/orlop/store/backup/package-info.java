/// Copies of a store: taken while it runs, checked, put back, and saved from a damaged log.
@NullMarked
package io.orlop.store.backup;

import org.jspecify.annotations.NullMarked;
