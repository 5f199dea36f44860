package io.orlop.store.door;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Says that more want in than can, and what to do. Not more often than now and then, since it may be thousands.
final class Crowded {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    private final Consumer<String> log;
    private final AtomicInteger replaced = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private long toldNanos;
    private boolean told;

    Crowded(LongSupplier nanos, Consumer<String> log) {
        this.nanos = nanos;
        this.log = log;
    }

    /// @param inPlaceOfAnother or not at all
    void tell(Room room, boolean inPlaceOfAnother) {
        (inPlaceOfAnother ? replaced : refused).incrementAndGet();
        if (!mayTell()) return;
        log.accept("more clients want to connect than the " + room.connectionsMax() + " that may be connected at once: "
                + replaced.getAndSet(0) + " that wanted nothing were sent away for others, and "
                + refused.getAndSet(0) + " were refused; find out who connects so often, or "
                + (room.filesAreFew()
                        ? "allow this process more open files (ulimit -n)"
                        : "give this process more heap (-Xmx)"));
    }

    /// Of the listening address: no connection can be taken from the system, or something is wrong with one.
    void tell(Throwable why) {
        if (!mayTell()) return;
        log.accept(
                why instanceof IOException
                        ? "clients cannot connect, which is tried again each second: " + why.getMessage()
                                + "; if these are too many open files, allow this process more of them (ulimit -n)"
                        : "no connections are taken for a second, since one failed, which is a fault of this program;"
                                + " please report it: " + why);
    }

    private boolean mayTell() {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            if (told && now - toldNanos < SILENCE.toNanos()) return false;
            told = true;
            toldNanos = now;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
