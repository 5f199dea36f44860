package io.orlop.control.loop;

import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// What looked needless once, and since when: it has to look so again after a while before anybody removes it.
public final class Grace<K extends Comparable<K>> {
    private final Ambient ambient;
    private final Duration grace;
    private final Map<K, Long> sinceNanos = new ConcurrentSkipListMap<>();

    public Grace(Ambient ambient, Duration grace) {
        this.ambient = ambient;
        this.grace = grace;
    }

    /// It looks needless now.
    ///
    /// @return how long it has to go on doing so; zero or less once that was long enough
    public Duration left(K id) {
        long now = ambient.nanos();
        return grace.minusNanos(now - sinceNanos.computeIfAbsent(id, _ -> now));
    }

    /// It is needed, or gone.
    public void forget(K id) {
        sinceNanos.remove(id);
    }
}
