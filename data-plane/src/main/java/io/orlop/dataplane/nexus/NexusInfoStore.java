package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where a nexus writes down which of its copies are whole, for whoever builds the next one. What was saved is durable
/// when the call returns.
public interface NexusInfoStore {
    /// What is on record.
    ///
    /// @param revision which write it was; 0 where there is none
    record Kept(@Nullable NexusInfo info, long revision) {
        public static final Kept NOTHING = new Kept(null, 0);
    }

    Kept read(String key, Duration atMost) throws IOException;

    /// Takes the place of what was written at this revision, and of nothing else: a call that is late, because a newer
    /// one was not kept waiting for it, does nothing.
    ///
    /// @return what is on record now; `info` if it took it
    /// @throws IOException if nobody knows: it may, now or later
    Kept replace(String key, long revision, NexusInfo info, Duration atMost) throws IOException;

    /// For one who knows that nobody else writes there.
    default void save(String key, NexusInfo info) throws IOException {
        Duration atMost = Duration.ofSeconds(10);
        Kept now = read(key, atMost);
        while (!info.equals(now.info())) now = replace(key, now.revision(), info, atMost);
    }
}
