package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.history.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one group commit made visible: the changes of one or more revisions, in order.
///
/// @param first the first revision of it
/// @param last the store's revision after it
/// @param changes null if they were not kept because nobody watched, or because the hub was too far behind to hold
///     them; whoever needs them reads the past
public record Committed(long first, long last, @Nullable List<Changed> changes) {
    /// @param before the put that this change replaced or deleted
    public record Changed(Event event, @Nullable Change before) {}
}
