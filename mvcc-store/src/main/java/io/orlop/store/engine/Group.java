package io.orlop.store.engine;

import io.orlop.store.log.Log;
import io.orlop.store.watch.Committed.Changed;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Changes that become safe together, and what follows from it.
///
/// @param batch what the disk must have; null if nothing was changed
/// @param before the store's revision before the group
/// @param revision the store's revision after it
/// @param compacted the compacted revision after it
/// @param changes null if they were too many to keep
/// @param answers what callers hear once it is safe, or if it never is
record Group(
        Log.@Nullable Batch batch,
        long before,
        long revision,
        long compacted,
        @Nullable List<Changed> changes,
        List<Answer> answers) {
    record Answer(CompletableFuture<?> future, Runnable give) {}
}
