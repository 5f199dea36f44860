/// Who wants to hear of changes, and the one thread that tells them.
@NullMarked
package io.orlop.store.watch;

import org.jspecify.annotations.NullMarked;
