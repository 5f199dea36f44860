package io.orlop.control.keyspace;

import java.util.function.Consumer;

/// One stream of events from a store, as it comes: it may break at any time. [ResumableWatch] makes a watch of many.
@FunctionalInterface
public interface Feed {
    /// Starts a stream of what happened below the prefix from this revision on. What arrives is handed over on a
    /// thread of the store's client and must not block it.
    ///
    /// @throws StoreUnavailableException if no stream can be had now
    Watching open(String prefix, long fromRevision, Consumer<News> news);

    /// What a stream says.
    sealed interface News {
        /// Whole revisions, or only the passing of time.
        record Changed(Changes changes) implements News {}

        /// The revision asked for is no longer kept.
        record Compacted() implements News {}

        /// The stream says nothing any more.
        record Broken(String why) implements News {}
    }
}
