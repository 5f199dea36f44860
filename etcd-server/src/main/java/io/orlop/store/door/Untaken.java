package io.orlop.store.door;

import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/// What of the answer to a request that is not gRPC was not sent, counted among all that waits for clients. Where that
/// is too much, no more is said before all of it was taken.
final class Untaken {
    private final Unsent unsent = new Unsent();
    private final IntConsumer waits;
    private final IntConsumer sent;
    private final BooleanSupplier roomIsShort;
    private volatile boolean heldUp;

    /// @param waits is told of bytes that wait, by any thread
    /// @param sent is told that they do not any more
    Untaken(IntConsumer waits, IntConsumer sent, BooleanSupplier roomIsShort) {
        this.waits = waits;
        this.sent = sent;
        this.roomIsShort = roomIsShort;
    }

    void add(int bytes) {
        unsent.add(bytes);
        waits.accept(bytes);
    }

    /// They were sent, or never will be.
    ///
    /// @return whether more may be said that might not until now
    boolean gone(int bytes) {
        sent.accept(bytes);
        boolean goesOn = unsent.sent(bytes);
        if (!heldUp || unsent.isSome()) return goesOn;
        heldUp = false;
        return true;
    }

    boolean isReady() {
        if (unsent.tooMuch()) return false;
        if (!unsent.isSome() || !roomIsShort.getAsBoolean()) return true;
        heldUp = true;
        // It may have been sent before that was said.
        return !unsent.isSome();
    }
}
