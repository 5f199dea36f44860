/// What the store has to say of itself.
@NullMarked
package io.orlop.store.notice;

import org.jspecify.annotations.NullMarked;
