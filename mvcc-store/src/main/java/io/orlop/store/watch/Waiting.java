package io.orlop.store.watch;

import io.orlop.store.log.Bookmark;
import java.util.ArrayList;
import java.util.List;

/// Watches that want the same of the past and could be told.
///
/// @param at where the log has it, as far as is known
record Waiting(Want want, Bookmark at, List<Watcher> watchers) {
    static Waiting of(Want want, Bookmark at) {
        return new Waiting(want, at, new ArrayList<>());
    }
}
