/// What happened, in numbers; nothing here decides anything.
@NullMarked
package io.orlop.store.measure;

import org.jspecify.annotations.NullMarked;
