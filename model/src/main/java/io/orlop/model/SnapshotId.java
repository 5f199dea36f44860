package io.orlop.model;

import java.util.UUID;

/// Names a snapshot of a volume.
public record SnapshotId(UUID uuid) implements Comparable<SnapshotId> {
    /// @throws RefusalException if the text is not a UUID
    public static SnapshotId of(String text) {
        return new SnapshotId(Uuids.parse("snapshot", text));
    }

    @Override
    public int compareTo(SnapshotId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
