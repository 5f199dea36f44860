@NullMarked
package io.orlop.store.token;

import org.jspecify.annotations.NullMarked;
