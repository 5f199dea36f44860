package io.orlop.store.engine;

import java.time.Duration;

/// How a store behaves.
///
/// @param segmentBytes when the log begins a new segment
/// @param cacheBytes what values may take in memory
/// @param txnOperationsMax operations in one branch of a transaction, or comparisons
/// @param leaseSecondsMin a shorter lease is made this long
/// @param progressInterval how often a quiet watch that wants it hears how far it is
public record StoreOptions(
        long segmentBytes, long cacheBytes, int txnOperationsMax, long leaseSecondsMin, Duration progressInterval) {
    public static StoreOptions defaults() {
        return new StoreOptions(64L << 20, 256L << 20, 128, 2, Duration.ofMinutes(10));
    }

    public StoreOptions segmentBytes(long bytes) {
        return new StoreOptions(bytes, cacheBytes, txnOperationsMax, leaseSecondsMin, progressInterval);
    }

    public StoreOptions cacheBytes(long bytes) {
        return new StoreOptions(segmentBytes, bytes, txnOperationsMax, leaseSecondsMin, progressInterval);
    }

    public StoreOptions txnOperationsMax(int most) {
        return new StoreOptions(segmentBytes, cacheBytes, most, leaseSecondsMin, progressInterval);
    }

    public StoreOptions leaseSecondsMin(long seconds) {
        return new StoreOptions(segmentBytes, cacheBytes, txnOperationsMax, seconds, progressInterval);
    }

    public StoreOptions progressInterval(Duration interval) {
        return new StoreOptions(segmentBytes, cacheBytes, txnOperationsMax, leaseSecondsMin, interval);
    }
}
