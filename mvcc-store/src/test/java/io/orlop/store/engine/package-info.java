@NullMarked
package io.orlop.store.engine;

import org.jspecify.annotations.NullMarked;
