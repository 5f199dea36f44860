package io.orlop.store.lease;

import io.orlop.store.api.Octets;
import java.util.Comparator;
import java.util.TreeSet;

/// A promise to keep some keys until a moment that its holder moves on. Belongs to the writer.
final class Lease {
    static final Comparator<Lease> BY_ATTENTION = ((Comparator<Lease>)
                    (one, other) -> Long.signum(one.attentionNanos - other.attentionNanos))
            .thenComparingLong(lease -> lease.id);

    final long id;
    final long ttlSeconds;
    final TreeSet<Octets> keys = new TreeSet<>();

    /// On the clock that never goes back.
    long deadlineNanos;

    /// When the writer looks at it. Changed only where it is put in order.
    long attentionNanos;

    /// What the log would say of the time left, should the store start again now.
    long notedRemainingMs;

    Lease(long id, long ttlSeconds, long remainingMs, long nowNanos) {
        this.id = id;
        this.ttlSeconds = ttlSeconds;
        remain(remainingMs, nowNanos);
        this.notedRemainingMs = remainingMs;
    }

    void remain(long remainingMs, long nowNanos) {
        deadlineNanos = nowNanos + remainingMs * 1_000_000;
    }

    long remainingMs(long nowNanos) {
        return Math.floorDiv(deadlineNanos - nowNanos, 1_000_000L);
    }

    /// When it ends or should be noted, whatever comes first. A lease left alone is noted each time half of what the
    /// log would give it is gone. One that is renewed in time never is: renewing costs no write.
    long attentionDueNanos() {
        long halfGone = 1_000_000 - notedRemainingMs / 2 * 1_000_000;
        return deadlineNanos + Math.min(0, halfGone);
    }
}
