/// The append-only log that is write-ahead log and value store at once.
@NullMarked
package io.orlop.store.log;

import org.jspecify.annotations.NullMarked;
