package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The second half of a group commit, beside the first half of the next: one group at a time goes to the disk and is
/// answered, while the writer applies what comes after it.
/// ```
///   writer      apply 1 │ apply 2       │ apply 3      │ …
///   committing          │ sync, answer 1│ sync, answer 2│ …
/// ```
/// Whoever calls [#turn] does the work: a thread of its own, or the writer itself where handing over would take longer.
final class Committing {
    private final Consumer<Group> commit;
    private final Runnable whenDone;
    private final Signal handedOver;
    private final AtomicReference<@Nullable Group> waiting = new AtomicReference<>();
    private volatile boolean idle = true;
    private volatile boolean hasThread;
    private volatile boolean closed;

    /// @param whenDone is called after each group
    Committing(Consumer<Group> commit, Runnable whenDone, Ambient ambient) {
        this.commit = commit;
        this.whenDone = whenDone;
        this.handedOver = ambient.signal();
    }

    /// Whether the last group is done. Only then there may be another.
    boolean isIdle() {
        return idle;
    }

    /// Whether somebody waits for groups on a thread of its own.
    boolean hasThread() {
        return hasThread;
    }

    void handOver(Group group) {
        keep(group);
        handedOver.raise();
    }

    /// Like [#handOver] for a caller who then calls [#turn] itself.
    void keep(Group group) {
        assert idle : "one group at a time";
        idle = false;
        waiting.set(group);
    }

    /// Commits the group that waits, if there is one and nobody else is at it.
    void turn() {
        Group group = waiting.getAndSet(null);
        if (group == null) return;
        commit.accept(group);
        idle = true;
        whenDone.run();
    }

    void run() {
        hasThread = true;
        try {
            while (!closed) {
                turn();
                handedOver.await();
            }
            turn();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        closed = true;
        handedOver.raise();
    }
}
