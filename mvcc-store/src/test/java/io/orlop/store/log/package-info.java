@NullMarked
package io.orlop.store.log;

import org.jspecify.annotations.NullMarked;
