package io.orlop.model;

import java.util.UUID;

/// Names a volume.
public record VolumeId(UUID uuid) implements Comparable<VolumeId> {
    /// @throws RefusalException if the text is not a UUID
    public static VolumeId of(String text) {
        return new VolumeId(Uuids.parse("volume", text));
    }

    @Override
    public int compareTo(VolumeId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
