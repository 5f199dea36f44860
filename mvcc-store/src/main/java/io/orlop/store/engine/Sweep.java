package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Octets;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.measure.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Has the index forget what a compaction took and what closed segments tell, in slices between group commits, so that
/// nobody waits for it.
final class Sweep {
    private static final int SLICE_KEYS = 2_000;

    private final KeyIndex index;
    private final List<CompletableFuture<Long>> waiting = new ArrayList<>();
    private final Ambient ambient;
    private final Tally tally;
    private boolean running;

    /// The pass under way is also one for a compaction.
    private boolean compacts;

    /// When it is over, another is due.
    private boolean again;

    private long revision;
    private @Nullable Octets reached;

    private long beganNanos;

    /// @param compacted what was swept before
    Sweep(KeyIndex index, long compacted, Ambient ambient, Tally tally) {
        this.index = index;
        this.revision = compacted;
        this.ambient = ambient;
        this.tally = tally;
    }

    /// Begins again from the first key: a later compaction covers an earlier one.
    void begin(long upTo) {
        if (!compacts) beganNanos = ambient.nanos();
        running = true;
        compacts = true;
        again = false;
        revision = upTo;
        reached = null;
    }

    /// There is a segment more that tells what happened in it. A pass under way is not begun again for that: it would
    /// never end where segments are filled faster than it goes.
    void settled() {
        again = running;
        running = true;
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

    /// @return whether this slice was a compaction's last
    boolean slice() {
        long start = ambient.nanos();
        reached = index.sweep(reached, revision, SLICE_KEYS);
        if (compacts) tally.compactionPauseMs.add((ambient.nanos() - start) / 1e6);
        return reached == null && ended();
    }

    private boolean ended() {
        boolean ended = compacts;
        if (ended) tally.compactionMs.add((ambient.nanos() - beganNanos) / 1e6);
        compacts = false;
        running = again;
        again = false;
        return ended;
    }
}
