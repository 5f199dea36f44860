package io.orlop.model;

import java.util.UUID;

/// Names a replica: one copy of a volume's blocks, in one pool.
public record ReplicaId(UUID uuid) implements Comparable<ReplicaId> {
    /// @throws RefusalException if the text is not a UUID
    public static ReplicaId of(String text) {
        return new ReplicaId(Uuids.parse("replica", text));
    }

    @Override
    public int compareTo(ReplicaId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
