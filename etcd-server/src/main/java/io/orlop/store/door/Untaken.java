package io.orlop.store.door;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// What waits to be sent to one client, of one stream of answers: who makes them should stop when it is too much. Where
/// all clients together have too much waiting, no more is said before all of it was sent. Any thread may ask.
final class Untaken {
    private static final int BYTES_MAX = 64 << 10;

    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean heldUp;

    void add(int count) {
        bytes.addAndGet(count);
    }

    boolean tooMuch() {
        return bytes.get() >= BYTES_MAX;
    }

    /// They were sent, or never will be.
    ///
    /// @return whether more may be said that might not until now
    boolean gone(int count) {
        long before = bytes.getAndAdd(-count);
        boolean goesOn = before >= BYTES_MAX && before - count < BYTES_MAX;
        if (!heldUp || isSome()) return goesOn;
        heldUp = false;
        return true;
    }

    boolean isReady(BooleanSupplier roomIsShort) {
        if (tooMuch()) return false;
        if (!isSome() || !roomIsShort.getAsBoolean()) return true;
        heldUp = true;
        // It may have been sent before that was said.
        return !isSome();
    }

    private boolean isSome() {
        return bytes.get() > 0;
    }
}
