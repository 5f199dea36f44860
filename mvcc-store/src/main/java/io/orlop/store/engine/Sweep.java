package io.orlop.store.engine;

import io.orlop.store.api.Octets;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Forgets compacted history in slices between group commits, so that nobody waits for it.
final class Sweep {
    private static final int SLICE_KEYS = 2_000;

    private final KeyIndex index;
    private final Log log;
    private final List<CompletableFuture<Long>> waiting = new ArrayList<>();
    private boolean running;
    private long revision;
    private @Nullable Octets reached;

    Sweep(KeyIndex index, Log log) {
        this.index = index;
        this.log = log;
    }

    /// Begins again from the first key: a later compaction covers an earlier one.
    void begin(long upTo) {
        running = true;
        revision = upTo;
        reached = null;
    }

    boolean isRunning() {
        return running;
    }

    long revision() {
        return revision;
    }

    void answerWhenDone(CompletableFuture<Long> answer) {
        waiting.add(answer);
    }

    List<CompletableFuture<Long>> takeWaiting() {
        List<CompletableFuture<Long>> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    /// @return whether this slice was the last
    boolean slice() {
        reached = index.compact(reached, revision, SLICE_KEYS, log.segments()::forget);
        running = reached != null;
        return !running;
    }
}
