package io.orlop.store.measure;

import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What the store did since it was opened, counted as etcd counts it: by what reached the keys, and not by calls.
///
/// | done | puts | deletions | ranges | transactions |
/// |---|---|---|---|---|
/// | put | 1 | | | |
/// | put that wants the previous value, or keeps something | 1 | | 1 | 1 |
/// | deletion, of however many keys | | 1 | | |
/// | the end of a lease with two keys | | 2 | | 1 |
/// | transaction of two comparisons that puts and reads | 1 | | 3 | 2 |
///
/// To etcd a transaction is two things at once. Comparisons are made before, and apart from what is done if anything
/// may be changed.
public final class Tally {
    public enum Count {
        PUTS,
        PUT_BYTES,
        DELETIONS,
        RANGES,
        TRANSACTIONS,
        /// Those that are there.
        KEYS,
        EVENTS,
        LEASES_GRANTED,
        LEASES_REVOKED,
        LEASES_RENEWED,
        LEASES_EXPIRED,
        CHANGES_FORGOTTEN,
        SLOW_CHANGES,
        DEFRAGMENTING,
        HEALTHY,
        UNHEALTHY
    }

    private static final int COUNTS = Count.values().length;

    private final LongAdder[] counts = new LongAdder[COUNTS];

    /// Seconds that leases are to live.
    public final Histogram leaseSeconds = Histogram.doubling(1, 24);

    public final Histogram compactionMs = Histogram.doubling(100, 14);
    public final Histogram compactionPauseMs = Histogram.doubling(1, 13);
    public final Histogram defragmentationSeconds = Histogram.doubling(0.1, 13);
    public final Histogram snapshotSeconds = Histogram.doubling(0.01, 17);

    /// Of everything.
    public final Histogram hashSeconds = Histogram.doubling(0.01, 15);

    /// Of keys at a revision.
    public final Histogram keyHashSeconds = Histogram.doubling(0.01, 15);

    public Tally() {
        for (int i = 0; i < COUNTS; i++) counts[i] = new LongAdder();
    }

    public void add(Count what, long more) {
        counts[what.ordinal()].add(more);
    }

    public long of(Count what) {
        return counts[what.ordinal()].sum();
    }

    /// An operation succeeded, on its own or as a transaction.
    public void did(Operation operation, Outcome outcome) {
        switch (operation) {
            case Operation.Txn txn -> {
                boolean changes = mayChange(txn);
                int compared = comparisons(txn, (Outcome.Txn) outcome);
                add(Count.RANGES, compared);
                int done = steps(txn, (Outcome.Txn) outcome);
                if (!changes) transaction(compared + done);
                else {
                    transaction(compared);
                    transaction(done);
                }
            }
            case Operation.Range _, Operation.Put _, Operation.Delete _ -> transaction(step(operation));
        }
    }

    private void transaction(int parts) {
        if (parts > 1) add(Count.TRANSACTIONS, 1);
    }

    /// Counts what was done.
    ///
    /// @return how many parts it had
    private int step(Operation operation) {
        return switch (operation) {
            case Operation.Range _ -> {
                add(Count.RANGES, 1);
                yield 1;
            }
            case Operation.Put put -> {
                add(Count.PUTS, 1);
                boolean looks = put.previous() || put.keepValue() || put.keepLease();
                if (looks) add(Count.RANGES, 1);
                yield looks ? 2 : 1;
            }
            case Operation.Delete delete -> {
                add(Count.DELETIONS, 1);
                if (delete.previous()) add(Count.RANGES, 1);
                yield delete.previous() ? 2 : 1;
            }
            case Operation.Txn _ -> 0;
        };
    }

    private int steps(Operation.Txn txn, Outcome.Txn outcome) {
        int parts = 0;
        List<Operation> steps = outcome.succeeded() ? txn.success() : txn.failure();
        for (int i = 0; i < steps.size(); i++) {
            parts += steps.get(i) instanceof Operation.Txn nested
                    ? steps(nested, (Outcome.Txn) outcome.outcomes().get(i))
                    : step(steps.get(i));
        }
        return parts;
    }

    /// Those on the way that was taken.
    private static int comparisons(Operation.Txn txn, Outcome.Txn outcome) {
        int count = txn.comparisons().size();
        List<Operation> steps = outcome.succeeded() ? txn.success() : txn.failure();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Operation.Txn nested) {
                count += comparisons(nested, (Outcome.Txn) outcome.outcomes().get(i));
            }
        }
        return count;
    }

    /// To etcd, who holds a transaction within for a change.
    private static boolean mayChange(Operation.Txn txn) {
        return !txn.success().stream().allMatch(Operation.Range.class::isInstance)
                || !txn.failure().stream().allMatch(Operation.Range.class::isInstance);
    }
}
