package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Octets;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.Log;
import io.orlop.store.measure.Tally;
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
    private final Ambient ambient;
    private final Tally tally;
    private boolean running;
    private long revision;
    private @Nullable Octets reached;

    private long beganNanos;

    Sweep(KeyIndex index, Log log, Ambient ambient, Tally tally) {
        this.index = index;
        this.log = log;
        this.ambient = ambient;
        this.tally = tally;
    }

    /// Begins again from the first key: a later compaction covers an earlier one.
    void begin(long upTo) {
        if (!running) beganNanos = ambient.nanos();
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
        long start = ambient.nanos();
        reached = index.compact(reached, revision, SLICE_KEYS, location -> {
            log.segments().forget(location);
            tally.add(Tally.Count.CHANGES_FORGOTTEN, 1);
        });
        running = reached != null;
        long end = ambient.nanos();
        tally.compactionPauseMs.add((end - start) / 1e6);
        if (!running) tally.compactionMs.add((end - beganNanos) / 1e6);
        return !running;
    }
}
