package io.orlop.store.door;

import io.orlop.store.engine.Budget;

/// What was sent of requests that cannot be served yet, since the rest is missing or another's turn is first: of one
/// connection, and counted among those of all. Belongs to the connection's thread.
final class Halves {
    /// It takes no more than this, however many calls it is for.
    private static final long BYTES_MAX = 64L << 20;

    private final Budget all;
    private long bytes;

    Halves(Budget all) {
        this.all = all;
    }

    /// More came, or some of it is not kept any more.
    ///
    /// @return whether there are too many
    boolean keepTooMuch(long more) {
        bytes += more;
        all.take(more);
        return more > 0 && (bytes > Math.min(BYTES_MAX, all.most() / 4 * 3) || all.isFilledTo(1));
    }

    /// Nothing is kept any more.
    void release() {
        all.giveBack(bytes);
        bytes = 0;
    }
}
