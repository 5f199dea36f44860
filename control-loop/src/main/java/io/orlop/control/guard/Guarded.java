package io.orlop.control.guard;

import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.SnapshotId;
import io.orlop.model.VolumeId;
import java.util.Comparator;

/// A resource that can be guarded. Sorted by kind and then by name: the order in which several are taken, so that two
/// who need the same never wait for each other.
public record Guarded(Kind kind, String name) implements Comparable<Guarded> {
    private static final Comparator<Guarded> ORDER =
            Comparator.comparing(Guarded::kind).thenComparing(Guarded::name);

    /// From what the user asked for down to what it stands on.
    public enum Kind {
        VOLUME,
        SNAPSHOT,
        REPLICA,
        NEXUS,
        POOL,
        NODE;

        String noun() {
            return switch (this) {
                case VOLUME -> "volume";
                case SNAPSHOT -> "snapshot";
                case REPLICA -> "replica";
                case NEXUS -> "nexus";
                case POOL -> "pool";
                case NODE -> "node";
            };
        }
    }

    public static Guarded of(VolumeId id) {
        return new Guarded(Kind.VOLUME, id.toString());
    }

    public static Guarded of(SnapshotId id) {
        return new Guarded(Kind.SNAPSHOT, id.toString());
    }

    public static Guarded of(ReplicaId id) {
        return new Guarded(Kind.REPLICA, id.toString());
    }

    public static Guarded of(NexusId id) {
        return new Guarded(Kind.NEXUS, id.toString());
    }

    public static Guarded of(PoolId id) {
        return new Guarded(Kind.POOL, id.toString());
    }

    public static Guarded of(NodeId id) {
        return new Guarded(Kind.NODE, id.toString());
    }

    @Override
    public int compareTo(Guarded other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind.noun() + " " + name;
    }
}
