package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Compacts by itself what is old, as etcd does.
///
/// ```
///   by time, 1 h    every 6 min a note of the revision; after the first hour, and then each hour,
///                   compact at the note that is an hour old. Of 24 h: after a day, then each hour.
///   by revisions    every 5 min, compact so that this many revisions are left
/// ```
final class AutoCompaction {
    private static final Duration LONGEST_PERIOD = Duration.ofHours(1);
    private static final int NOTES_PER_PERIOD = 10;
    private static final Duration REVISIONS_LOOK = Duration.ofMinutes(5);

    private final Retention retention;
    private final LongSupplier revision;
    private final LongConsumer compact;
    private final Ambient ambient;
    private final Signal stopped;
    private final Deque<Long> notes = new ArrayDeque<>();
    private long lastNanos;
    private boolean first = true;
    private long last;

    /// @param compact asks for a compaction; that there is nothing to compact is its own affair
    AutoCompaction(Retention retention, LongSupplier revision, LongConsumer compact, Ambient ambient) {
        this.retention = retention;
        this.revision = revision;
        this.compact = compact;
        this.ambient = ambient;
        this.stopped = ambient.signal();
        this.lastNanos = ambient.nanos();
        note();
    }

    /// Returns when it is stopped.
    void run() {
        try {
            while (!stopped.await(interval())) look();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        stopped.raise();
    }

    /// How long after one look the next is due.
    Duration interval() {
        return switch (retention) {
            case Retention.Period(Duration period) -> shorter(period).dividedBy(NOTES_PER_PERIOD);
            case Retention.Revisions _, Retention.Everything _ -> REVISIONS_LOOK;
        };
    }

    private static Duration shorter(Duration period) {
        return period.compareTo(LONGEST_PERIOD) > 0 ? LONGEST_PERIOD : period;
    }

    void look() {
        switch (retention) {
            case Retention.Period(Duration period) -> lookAtTime(period);
            case Retention.Revisions(long kept) -> compact(revision.getAsLong() - kept);
            case Retention.Everything _ -> {}
        }
    }

    private void lookAtTime(Duration period) {
        long now = ambient.nanos();
        Duration due = first ? period : shorter(period);
        if (now - lastNanos >= due.toNanos()) {
            first = false;
            lastNanos = now;
            compact(notes.getFirst());
        }
        note();
    }

    /// The oldest note is one period old.
    private void note() {
        if (!(retention instanceof Retention.Period(Duration period))) return;
        notes.addLast(revision.getAsLong());
        long kept = period.dividedBy(interval()) + 1;
        while (notes.size() > kept) notes.removeFirst();
    }

    private void compact(long at) {
        if (at <= last || at <= 0) return;
        last = at;
        compact.accept(at);
    }
}
