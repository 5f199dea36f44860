package io.orlop.store.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The changes of one closed segment, keys in order, and the changes of a key as they happened.
interface SortedChanges {
    /// Null when there are no more.
    @Nullable
    Located next() throws IOException;
}
