@NullMarked
package io.orlop.store.bolt;

import org.jspecify.annotations.NullMarked;
