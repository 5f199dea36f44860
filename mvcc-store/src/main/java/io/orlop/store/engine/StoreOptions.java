package io.orlop.store.engine;

import java.time.Duration;
import java.util.function.Consumer;

/// How a store behaves.
///
/// @param segmentBytes when the log begins a new segment
/// @param cacheBytes what values may take in memory, for who reads the same ones in process again and again; over
///     the wire what the operating system keeps of the log is as fast (ADR 13)
/// @param txnOperationsMax operations in one branch of a transaction, or comparisons
/// @param leaseSecondsMin a shorter lease is made this long
/// @param progressInterval how often a quiet watch that wants it hears how far it is
/// @param checksFrames whether a start sees that every frame of the log is whole; without it, a start takes the word of
///     the segments' footers, and damage is found when somebody reads there
/// @param quotaBytes what the log may take on the disk before nothing new is taken; negative for no limit
/// @param reserveBytes what is put aside on the disk for when others fill it, 0 for nothing; eight times as much is
///     left free for deletions and compactions
/// @param retention how much history stays when nobody compacts
/// @param waitingMax puts and the like that may wait for the writer; deletions and the like may be as many again
/// @param waitingBytes what they may take in memory
/// @param memoryBytes what keys, leases and watches may take in memory; puts are refused before that is full
/// @param underWayBytes what changes may take in memory on their way to the disk and to watchers, and what is sorted
public record StoreOptions(
        long segmentBytes,
        long cacheBytes,
        int txnOperationsMax,
        long leaseSecondsMin,
        Duration progressInterval,
        boolean checksFrames,
        long quotaBytes,
        long reserveBytes,
        Retention retention,
        int waitingMax,
        long waitingBytes,
        long memoryBytes,
        long underWayBytes) {
    private static final long DELETION_BYTES_MIN = 1 << 20;

    public static StoreOptions defaults() {
        HeapShares shares = HeapShares.usual();
        return new StoreOptions(
                HeapShares.segmentBytes(),
                0,
                128,
                2,
                Duration.ofMinutes(10),
                true,
                2L << 30,
                8L << 20,
                new Retention.Everything(),
                5_000,
                shares.waiting(),
                shares.keys(),
                shares.underWay());
    }

    public StoreOptions segmentBytes(long bytes) {
        return with(draft -> draft.segmentBytes = bytes);
    }

    public StoreOptions cacheBytes(long bytes) {
        return with(draft -> draft.cacheBytes = bytes);
    }

    public StoreOptions txnOperationsMax(int most) {
        return with(draft -> draft.txnOperationsMax = most);
    }

    public StoreOptions leaseSecondsMin(long seconds) {
        return with(draft -> draft.leaseSecondsMin = seconds);
    }

    public StoreOptions progressInterval(Duration interval) {
        return with(draft -> draft.progressInterval = interval);
    }

    public StoreOptions checksFrames(boolean checks) {
        return with(draft -> draft.checksFrames = checks);
    }

    public StoreOptions quotaBytes(long bytes) {
        return with(draft -> draft.quotaBytes = bytes);
    }

    public StoreOptions reserveBytes(long bytes) {
        return with(draft -> draft.reserveBytes = bytes);
    }

    public StoreOptions retention(Retention history) {
        return with(draft -> draft.retention = history);
    }

    public StoreOptions waitingMax(int requests) {
        return with(draft -> draft.waitingMax = requests);
    }

    public StoreOptions waitingBytes(long bytes) {
        return with(draft -> draft.waitingBytes = bytes);
    }

    public StoreOptions memoryBytes(long bytes) {
        return with(draft -> draft.memoryBytes = bytes);
    }

    /// What the rows of one transaction may take, which are in memory all at once.
    long answerBytesMax() {
        return underWayBytes / 2;
    }

    /// What the deletions of one transaction may take, which are in memory all at once: here, and in more than one copy
    /// when their segment is rewritten.
    long deletionBytesMax() {
        return Math.max(DELETION_BYTES_MIN, underWayBytes / 2);
    }

    public StoreOptions underWayBytes(long bytes) {
        return with(draft -> draft.underWayBytes = bytes);
    }

    private StoreOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /// The options while some of them change.
    private static final class Draft {
        private long segmentBytes;
        private long cacheBytes;
        private int txnOperationsMax;
        private long leaseSecondsMin;
        private Duration progressInterval;
        private boolean checksFrames;
        private long quotaBytes;
        private long reserveBytes;
        private Retention retention;
        private int waitingMax;
        private long waitingBytes;
        private long memoryBytes;
        private long underWayBytes;

        Draft(StoreOptions from) {
            segmentBytes = from.segmentBytes;
            cacheBytes = from.cacheBytes;
            txnOperationsMax = from.txnOperationsMax;
            leaseSecondsMin = from.leaseSecondsMin;
            progressInterval = from.progressInterval;
            checksFrames = from.checksFrames;
            quotaBytes = from.quotaBytes;
            reserveBytes = from.reserveBytes;
            retention = from.retention;
            waitingMax = from.waitingMax;
            waitingBytes = from.waitingBytes;
            memoryBytes = from.memoryBytes;
            underWayBytes = from.underWayBytes;
        }

        StoreOptions finished() {
            return new StoreOptions(
                    segmentBytes,
                    cacheBytes,
                    txnOperationsMax,
                    leaseSecondsMin,
                    progressInterval,
                    checksFrames,
                    quotaBytes,
                    reserveBytes,
                    retention,
                    waitingMax,
                    waitingBytes,
                    memoryBytes,
                    underWayBytes);
        }
    }
}
