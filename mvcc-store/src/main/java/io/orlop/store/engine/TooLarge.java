package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.DeniedException;
import io.orlop.store.notice.Notices;
import java.util.concurrent.atomic.AtomicLong;

/// Says in the log that something was refused for its size: a client's text is etcd's, which names load or want of room
/// and not what to do. Once in some seconds, however often it happens. Any thread may say so.
final class TooLarge {
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final Notices notices;
    private final Ambient ambient;
    private final AtomicLong quietUntil;

    TooLarge(Notices notices, Ambient ambient) {
        this.notices = notices;
        this.ambient = ambient;
        this.quietUntil = new AtomicLong(ambient.nanos());
    }

    /// @param denied why a change was refused, after those rules that do not look at its size
    void changeWas(DeniedException denied) {
        switch (denied.denial()) {
            case TOO_MANY_REQUESTS ->
                warn("a deletion, or what a transaction reads, was refused with `too many requests`, since it is too"
                        + " large for this heap, whatever else goes on; do it in parts, or give the store more memory");
            case NO_SPACE ->
                warn("a deletion was refused, since the disk has no room to note so many keys at once; delete fewer at"
                        + " a time, and compact in between, which gives room back");
            default -> {}
        }
    }

    private void warn(String text) {
        long now = ambient.nanos();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) notices.warn(text);
    }
}
