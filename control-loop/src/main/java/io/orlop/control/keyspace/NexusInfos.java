package io.orlop.control.keyspace;

import io.orlop.model.NexusInfo;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.json.JsonDocument;
import java.util.Optional;

/// What nexuses wrote of their children: read from the store itself, because data hangs on it and a watch may be late.
public final class NexusInfos {
    private final Keyspace keyspace;
    private final String prefix;

    public NexusInfos(Keyspace keyspace, Layout layout) {
        this.keyspace = keyspace;
        this.prefix = layout.nexusInfos();
    }

    public String key(NexusInfoKey key) {
        return prefix + key;
    }

    public Optional<NexusInfo> read(NexusInfoKey key) {
        return keyspace.get(key(key)).map(found -> JsonDocument.NEXUS_INFO.decode(found.value()));
    }

    /// What a nexus that served must have left.
    ///
    /// @throws RefusalException `FailedPrecondition` where there is none
    public NexusInfo require(NexusInfoKey key) {
        return read(key).orElseThrow(() -> missing(key).exception());
    }

    public Refusal missing(NexusInfoKey key) {
        return new Refusal.FailedPrecondition(
                "nexus %s served volume %s before and left no word which copies are complete"
                        .formatted(key.nexus(), key.volume()),
                "restore %s from a backup, or write there which replica is healthy".formatted(key(key)));
    }
}
