@NullMarked
package io.orlop.store.backup;

import org.jspecify.annotations.NullMarked;
