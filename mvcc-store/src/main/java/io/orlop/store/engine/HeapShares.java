package io.orlop.store.engine;

/// How the heap is divided. Each part keeps to its share by itself, so that all of them together never want more than
/// there is.
/// ```
///   of 64 MiB       │ process 10 │ queue 8 │ answers 8 │ door 8 │ under way 12 │     keys 18       │
///   of 1 GiB        │ process 10 │ 128 │ 128 │ 128 │ under way 192 │              keys 438         │
///   of 4 GiB        │ 10 │ 128 │ 512 │ 256 │ 256 │                    keys 2,934                 │
///                                                                         ▓▓▓▓▓▓▓▓ 70 % ▓▓▓▓│
/// ```
/// Keys get what is left: keys, leases, watches, and what one has to know of footers.
///
/// @param waiting of puts and the like that wait for the writer; deletions and the like may take as much again
/// @param answers to ranges, until they are sent
/// @param door connections, open calls, other answers that were not sent
/// @param underWay groups of changes, what is collected for a footer, what the hub was not told yet
/// @param keys keys, leases and watches
public record HeapShares(long waiting, long answers, long door, long underWay, long keys) {
    private static final long MIB = 1 << 20;

    /// Classes and what they keep.
    private static final long PROCESS_BYTES = 10 * MIB;

    public static HeapShares of(long heap) {
        long eighth = heap / 8;
        long waiting = Math.min(64 * MIB, heap / 16);
        long answers = eighth;
        long door = Math.min(256 * MIB, eighth);
        long underWay = Math.min(256 * MIB, heap / 16 * 3);
        long rest = heap - PROCESS_BYTES - 2 * waiting - answers - door - underWay;
        return new HeapShares(waiting, answers, door, underWay, Math.max(MIB, rest));
    }

    /// Of the heap that this process may have.
    public static HeapShares usual() {
        return of(Runtime.getRuntime().maxMemory());
    }

    /// A segment of which nobody had to keep more in mind than is for keys, while it has no footer.
    static long segmentBytes() {
        return Math.min(64 * MIB, Math.max(MIB, Runtime.getRuntime().maxMemory() / 16));
    }

    /// The smallest heap, in steps of 16 MiB, that has so much for keys that puts are taken, and so much for what is
    /// under way.
    static long heapFor(long keys, long underWay) {
        long heap = 64 * MIB;
        while (true) {
            HeapShares shares = of(heap);
            if (shares.keys * Memory.FILLED > keys && shares.underWay >= underWay) return heap;
            heap += 16 * MIB;
        }
    }
}
