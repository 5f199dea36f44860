/// Leases: how long they still live and which keys hang on them.
@NullMarked
package io.orlop.store.lease;

import org.jspecify.annotations.NullMarked;
