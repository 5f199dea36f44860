package io.orlop.model;

import java.util.UUID;

/// Names what a pool's disk carries, and no two pools share.
public record PoolUuid(UUID uuid) implements Comparable<PoolUuid> {
    /// @throws RefusalException if the text is not a UUID
    public static PoolUuid of(String text) {
        return new PoolUuid(Uuids.parse("pool", text));
    }

    @Override
    public int compareTo(PoolUuid other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
