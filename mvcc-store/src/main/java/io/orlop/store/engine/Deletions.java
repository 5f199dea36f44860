package io.orlop.store.engine;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Octets;
import java.util.List;

/// What one transaction is about to delete, and how much of that may be.
final class Deletions {
    /// What a deletion takes in a frame, beside its key.
    private static final long TOMBSTONE_BYTES = 32;

    private long keysLeft;
    private long bytesLeft;

    Deletions(long keysMax, long bytesMax) {
        this.keysLeft = keysMax;
        this.bytesLeft = bytesMax;
    }

    Deletions copy() {
        return new Deletions(keysLeft, bytesLeft);
    }

    /// Of two branches either may be taken.
    void atMost(Deletions other) {
        keysLeft = Math.min(keysLeft, other.keysLeft);
        bytesLeft = Math.min(bytesLeft, other.bytesLeft);
    }

    /// @throws DeniedException if it is too much
    void count(Octets key) {
        if (!fits(key)) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
    }

    /// How many of these may be, from the first on; one may in any case.
    int fitting(List<Octets> keys) {
        int count = 0;
        while (count < keys.size() && (fits(keys.get(count)) || count == 0)) count++;
        return count;
    }

    private boolean fits(Octets key) {
        keysLeft--;
        bytesLeft -= TOMBSTONE_BYTES + key.length();
        return keysLeft >= 0 && bytesLeft >= 0;
    }
}
