package io.orlop.store.engine;

import java.time.Duration;

/// How a store behaves.
///
/// @param segmentBytes when the log begins a new segment
/// @param cacheBytes what values may take in memory
/// @param txnOperationsMax operations in one branch of a transaction, or comparisons
/// @param leaseSecondsMin a shorter lease is made this long
/// @param progressInterval how often a quiet watch that wants it hears how far it is
/// @param checksFrames whether a start sees that every frame of the log is whole; without it, a start takes the word of
///     the segments' footers, and damage is found when somebody reads there
/// @param quotaBytes what the log may take on the disk before nothing new is taken; negative for no limit
/// @param reserveBytes what is put aside on the disk for when others fill it, 0 for nothing; eight times as much is
///     left free for deletions and compactions
/// @param retention how much history stays when nobody compacts
public record StoreOptions(
        long segmentBytes,
        long cacheBytes,
        int txnOperationsMax,
        long leaseSecondsMin,
        Duration progressInterval,
        boolean checksFrames,
        long quotaBytes,
        long reserveBytes,
        Retention retention) {
    public static StoreOptions defaults() {
        return new StoreOptions(
                64L << 20,
                usualCacheBytes(),
                128,
                2,
                Duration.ofMinutes(10),
                true,
                2L << 30,
                8L << 20,
                new Retention.Everything());
    }

    /// 256 MiB, but no more than a quarter of a small heap: the index and what is under way need the rest.
    private static long usualCacheBytes() {
        return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    }

    public StoreOptions segmentBytes(long bytes) {
        return new StoreOptions(
                bytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions cacheBytes(long bytes) {
        return new StoreOptions(
                segmentBytes,
                bytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions txnOperationsMax(int most) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                most,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions leaseSecondsMin(long seconds) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                seconds,
                progressInterval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions progressInterval(Duration interval) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                interval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions checksFrames(boolean checks) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checks,
                quotaBytes,
                reserveBytes,
                retention);
    }

    public StoreOptions quotaBytes(long bytes) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                bytes,
                reserveBytes,
                retention);
    }

    public StoreOptions reserveBytes(long bytes) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                quotaBytes,
                bytes,
                retention);
    }

    public StoreOptions retention(Retention history) {
        return new StoreOptions(
                segmentBytes,
                cacheBytes,
                txnOperationsMax,
                leaseSecondsMin,
                progressInterval,
                checksFrames,
                quotaBytes,
                reserveBytes,
                history);
    }
}
