package io.orlop.store.engine;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;

/// Who may wait for the writer: so many requests, and so many bytes in them. What relieves the store has as much room
/// again, so that it passes where puts are refused.
/// ```
///   │ puts, leases, and all others │ deletions, compactions, keep-alives │     the store's own work comes in always
///   0                            5,000                                10,000
/// ```
/// However large a request is, it may wait alone.
final class WaitingRoom {
    private final Budget requests;
    private final Budget bytes;
    private final long requestsMax;
    private final long bytesMax;

    WaitingRoom(int requestsMax, long bytesMax) {
        this.requestsMax = requestsMax;
        this.bytesMax = bytesMax;
        this.requests = new Budget(2L * requestsMax);
        this.bytes = new Budget(2 * bytesMax);
    }

    /// @throws DeniedException if there is no room
    void enter(Claim claim) {
        switch (claim) {
            case Claim.Own _ -> {
                return;
            }
            case Claim.Growing(long more) -> {
                if (requests.taken() >= requestsMax) throw refused();
                if (requests.taken() > 0 && bytes.taken() + more > bytesMax) throw refused();
            }
            case Claim.Relieving _ -> {}
        }
        if (!requests.tryTake(1)) throw refused();
        if (bytes.tryTake(claim.bytes())) return;
        if (requests.taken() == 1) {
            bytes.take(claim.bytes());
            return;
        }
        requests.giveBack(1);
        throw refused();
    }

    /// How many wait, without the store's own work.
    int waiting() {
        return (int) requests.taken();
    }

    void leave(Claim claim) {
        if (claim instanceof Claim.Own) return;
        requests.giveBack(1);
        bytes.giveBack(claim.bytes());
    }

    private static DeniedException refused() {
        return new DeniedException(Denial.TOO_MANY_REQUESTS);
    }
}
