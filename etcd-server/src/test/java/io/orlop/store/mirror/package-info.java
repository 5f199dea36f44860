@NullMarked
package io.orlop.store.mirror;

import org.jspecify.annotations.NullMarked;
