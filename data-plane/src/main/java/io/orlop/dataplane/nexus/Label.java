package io.orlop.dataplane.nexus;

import io.orlop.model.Headroom;

/// Where a nexus's blocks lie on each copy: Mayastor's layout, so that copies can change between its nexuses and ours.
///
/// ```
///   0        1 MiB                     5 MiB                                    N-16 KiB-2 blocks   N
///   ├─ gap ──┼─ reserved for metadata ─┼─ the nexus's blocks ─────────────────────┼──── reserved ────┤
/// ```
///
/// The last block of the data area, and of a request that fits, is left out: Mayastor counts so, and a device must not
/// change its size when it moves. So a copy has to be larger than what hosts shall see of it: [Headroom] says how much.
final class Label {
    static final long DATA_OFFSET = Headroom.FRONT.count();
    private static final long TAIL = Headroom.TAIL.count();

    private Label() {}

    /// How many blocks a nexus shows of a copy.
    ///
    /// @return zero or less if the copy is too small for the label
    static long dataBlocks(long blocks, int blockSize, long requestedSize) {
        long first = DATA_OFFSET / blockSize;
        long lastUsable = blocks - TAIL / blockSize - 2;
        long last = Math.min(lastUsable, first + requestedSize / blockSize - 1);
        return last - first;
    }
}
