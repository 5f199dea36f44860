package io.orlop.store.engine;

import java.io.IOException;

/// There is more in a store than this process may keep in mind.
public final class HeapTooSmallException extends IOException {
    private static final long MIB = 1 << 20;

    /// @param place where the store is
    /// @param keys what keys and leases take
    /// @param keysMax what they may take here
    /// @param held what the changes take that have to be sorted, or more than that
    /// @param heldMax what they may take here
    HeapTooSmallException(String place, long keys, long keysMax, long held, long heldMax) {
        super("the store in " + place + " needs more memory than there is: "
                + (keys > keysMax
                        ? "its keys and leases take about " + mib(keys) + " MiB, and this heap has " + mib(keysMax)
                        : "what has to be sorted first takes more than " + mib(held) + " MiB, and this heap has "
                                + mib(heldMax))
                + " for that; start it with a heap of " + mib(HeapShares.heapFor(keys, held > heldMax ? 2 * held : 0))
                + " MiB or more (-Xmx), or restore a backup of fewer keys");
    }

    private static long mib(long bytes) {
        return Math.ceilDiv(bytes, MIB);
    }
}
