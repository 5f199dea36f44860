package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Keeps records for as long as a test lasts.
public final class MemoryInfoStore implements NexusInfoStore {
    private final ConcurrentSkipListMap<String, Kept> kept = new ConcurrentSkipListMap<>();
    private final AtomicLong revision = new AtomicLong();

    public @Nullable NexusInfo at(String key) {
        return kept.getOrDefault(key, Kept.NOTHING).info();
    }

    @Override
    public void save(String key, NexusInfo info) {
        kept.put(key, new Kept(info, revision.incrementAndGet()));
    }

    @Override
    public Kept read(String key, Duration atMost) {
        return kept.getOrDefault(key, Kept.NOTHING);
    }

    @Override
    public Kept replace(String key, long expected, NexusInfo info, Duration atMost) {
        Kept after = kept.compute(key, (_, now) -> {
            boolean unchanged = (now == null ? 0 : now.revision()) == expected;
            if (unchanged) return new Kept(info, revision.incrementAndGet());
            return now;
        });
        return after == null ? Kept.NOTHING : after;
    }
}
