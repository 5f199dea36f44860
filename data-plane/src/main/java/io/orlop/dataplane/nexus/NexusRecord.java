package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Writes down which copies are whole, trying again for as long as a host can be kept waiting.
final class NexusRecord {
    private static final int TRIES = 30;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final String key;
    private final NexusInfoStore store;
    private final Ambient ambient;
    private volatile boolean abandoned;

    NexusRecord(String key, NexusInfoStore store, Ambient ambient) {
        this.key = key;
        this.store = store;
        this.ambient = ambient;
    }

    /// Writes nothing down any more.
    void abandon() {
        abandoned = true;
    }

    /// @throws IOException if the store did not take it for half a minute
    void save(boolean cleanShutdown, List<Child> children) throws IOException {
        NexusInfo info = new NexusInfo(
                cleanShutdown,
                children.stream()
                        .map(child -> new NexusInfo.Child(child.uuid, child.synced()))
                        .toList());
        for (int attempt = 1; ; attempt++) {
            if (abandoned) throw new IOException("abandoned");
            try {
                store.save(key, info);
                return;
            } catch (IOException e) {
                if (attempt == TRIES) throw e;
                pause(e);
            }
        }
    }

    private void pause(IOException why) throws IOException {
        try {
            ambient.sleep(BETWEEN_TRIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
