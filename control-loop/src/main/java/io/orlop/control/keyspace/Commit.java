package io.orlop.control.keyspace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a transaction. That nobody knows is not among these: it is a [StoreUnavailableException].
public sealed interface Commit {
    /// Kept, in this revision.
    record Committed(long revision) implements Commit {}

    /// Not kept, because a compared key is not as it was thought to be.
    ///
    /// @param found every compared key as it is now, so that the loser need not read again
    record Conflicted(List<Found> found, long revision) implements Commit {
        public Conflicted {
            found = List.copyOf(found);
        }
    }

    /// Not kept, because another leads by now.
    record Displaced(Fence fence) implements Commit {}

    /// A compared key, and what it holds; nothing if it is absent.
    record Found(String key, @Nullable KeyValue entry) {}
}
