package io.orlop.simulation;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Transaction;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NexusInfo;
import io.orlop.wire.json.JsonDocument;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Records of nexuses in the cluster's keyspace, as the agent's own code keeps them in etcd.
record SimulatedInfoStore(Keyspace keyspace) implements NexusInfoStore {
    @Override
    public Kept read(String key, Duration atMost) throws IOException {
        try {
            return kept(keyspace.get(key).orElse(null));
        } catch (RuntimeException unreachable) {
            throw new IOException(unreachable);
        }
    }

    @Override
    public Kept replace(String key, long revision, NexusInfo info, Duration atMost) throws IOException {
        Transaction.Builder write = Transaction.of().put(key, JsonDocument.NEXUS_INFO.encode(info));
        if (revision == 0) write.absent(key);
        else write.unchanged(key, revision);
        try {
            return switch (keyspace.commit(write.build())) {
                case Commit.Committed(long now) -> new Kept(info, now);
                case Commit.Conflicted conflict ->
                    kept(conflict.found().getFirst().entry());
                case Commit.Displaced _ -> throw new IllegalStateException("nobody leads here");
            };
        } catch (RuntimeException unreachable) {
            throw new IOException(unreachable);
        }
    }

    private static Kept kept(@Nullable KeyValue entry) {
        return entry == null
                ? Kept.NOTHING
                : new Kept(JsonDocument.NEXUS_INFO.decode(entry.value()), entry.modRevision());
    }
}
