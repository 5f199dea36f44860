package io.orlop.model;

import java.util.UUID;

/// Names a nexus: the node of a volume's path that mirrors it over its replicas.
public record NexusId(UUID uuid) implements Comparable<NexusId> {
    /// @throws RefusalException if the text is not a UUID
    public static NexusId of(String text) {
        return new NexusId(Uuids.parse("nexus", text));
    }

    @Override
    public int compareTo(NexusId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
