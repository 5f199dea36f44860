package io.orlop.store.watch;

import io.orlop.store.log.Bookmark;

/// How far a watch is.
sealed interface WatcherState {
    /// Hears of every commit as it comes, from revision `next` on.
    record Live(long next) implements WatcherState {}

    /// Is told of the past until it has caught up.
    ///
    /// @param at after which revision, and where the log has that, as far as is known
    record Behind(Bookmark at) implements WatcherState {
        long next() {
            return at.revision() + 1;
        }
    }
}
