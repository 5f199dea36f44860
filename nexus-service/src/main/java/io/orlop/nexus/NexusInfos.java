package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.model.NexusInfo;
import io.orlop.model.Refusal;
import io.orlop.wire.json.JsonDocument;
import java.util.Optional;

/// What nexuses wrote of their children: read from the store itself, because data hangs on it and a watch may be late.
final class NexusInfos {
    private final Keyspace keyspace;
    private final String prefix;

    NexusInfos(Keyspace keyspace, String prefix) {
        this.keyspace = keyspace;
        this.prefix = prefix;
    }

    String key(NexusInfoKey key) {
        return prefix + key;
    }

    Optional<NexusInfo> read(NexusInfoKey key) {
        return keyspace.get(key(key)).map(found -> JsonDocument.NEXUS_INFO.decode(found.value()));
    }

    /// What a nexus that served must have left.
    NexusInfo require(NexusInfoKey key) {
        return read(key).orElseThrow(() -> new Refusal.FailedPrecondition(
                        "nexus %s served volume %s before and left no word which copies are complete"
                                .formatted(key.nexus(), key.volume()),
                        "restore %s from a backup, or write there which replica is healthy".formatted(key(key)))
                .exception());
    }
}
