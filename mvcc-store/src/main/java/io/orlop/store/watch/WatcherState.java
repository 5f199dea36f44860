package io.orlop.store.watch;

/// How far a watch is.
sealed interface WatcherState {
    /// Hears of every commit as it comes, from revision `next` on.
    record Live(long next) implements WatcherState {}

    /// Reads the past, from revision `next` on, until it has caught up.
    record Behind(long next) implements WatcherState {}
}
