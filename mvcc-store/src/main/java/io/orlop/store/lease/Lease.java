package io.orlop.store.lease;

import io.orlop.store.api.Octets;
import java.util.TreeSet;

/// A promise to keep some keys until a moment that its holder moves on. Belongs to the writer.
final class Lease {
    final long id;
    final long ttlSeconds;
    final TreeSet<Octets> keys = new TreeSet<>();

    /// On the clock that never goes back.
    long deadlineNanos;

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

    /// A lease left alone is noted each time half of what the log would give it is gone. One that is renewed in time
    /// never is: renewing costs no write.
    boolean isDueForNote(long nowNanos) {
        return remainingMs(nowNanos) < notedRemainingMs / 2;
    }
}
