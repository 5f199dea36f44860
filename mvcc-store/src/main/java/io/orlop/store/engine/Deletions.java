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
    private long roomLeft;

    /// @param room what the disk has for them
    Deletions(long keysMax, long bytesMax, long room) {
        this.keysLeft = keysMax;
        this.bytesLeft = bytesMax;
        this.roomLeft = room;
    }

    Deletions copy() {
        return new Deletions(keysLeft, bytesLeft, roomLeft);
    }

    /// Of two branches either may be taken.
    void atMost(Deletions other) {
        keysLeft = Math.min(keysLeft, other.keysLeft);
        bytesLeft = Math.min(bytesLeft, other.bytesLeft);
        roomLeft = Math.min(roomLeft, other.roomLeft);
    }

    /// @throws DeniedException if it is too much
    void count(Octets key) {
        if (!fits(key)) throw new DeniedException(isTooLong() ? Denial.TOO_MANY_REQUESTS : Denial.NO_SPACE);
    }

    /// How many of these may be, from the first on; one may in any case.
    int fitting(List<Octets> keys) {
        int count = 0;
        while (count < keys.size() && (fits(keys.get(count)) || count == 0)) count++;
        return count;
    }

    private boolean fits(Octets key) {
        keysLeft--;
        long bytes = TOMBSTONE_BYTES + key.length();
        bytesLeft -= bytes;
        roomLeft -= bytes;
        return !isTooLong() && roomLeft >= 0;
    }

    /// Whether it is too much for one frame, however much room there is.
    private boolean isTooLong() {
        return keysLeft < 0 || bytesLeft < 0;
    }

    /// What is left of the room.
    long roomLeft() {
        return roomLeft;
    }
}
