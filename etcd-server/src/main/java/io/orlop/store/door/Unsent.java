package io.orlop.store.door;

import java.util.concurrent.atomic.AtomicLong;

/// What waits to be sent to one client, by one stream of answers: who makes them should stop when it is too much.
final class Unsent {
    private static final int BYTES_MAX = 64 << 10;

    private final AtomicLong bytes = new AtomicLong();

    boolean tooMuch() {
        return bytes.get() >= BYTES_MAX;
    }

    boolean isSome() {
        return bytes.get() > 0;
    }

    void add(int count) {
        bytes.addAndGet(count);
    }

    /// @return whether it was too much until now
    boolean sent(int count) {
        long before = bytes.getAndAdd(-count);
        return before >= BYTES_MAX && before - count < BYTES_MAX;
    }
}
