package io.orlop.dataplane.pool;

/// How many slots a pool's metadata may need before it can be given more: so many it always has, so that what is
/// already
/// there can always be described anew, and a checkpoint always be taken.
///
/// ```
///   nodes of the tree as it is │ nodes of the next one │ the log │ begin of the next log
/// ```
final class MetadataRoom {
    /// A description and its key, as long as they may be.
    private static final int VOLUME_BYTES = Fact.VALUE_MAX + 64;

    /// Alone in its span.
    private static final int CLUSTER_BYTES = 56;

    /// A node may be little more than a third full: halves are written together, and entries are not divided.
    private static final int NODES_FOR_ONE = 3;

    /// Entries in a node above the leaves.
    private static final int FAN_OUT = 128;

    private MetadataRoom() {}

    static long slots(Geometry geometry, long volumes, long clusters, long otherFacts) {
        long bytes = (volumes + otherFacts) * VOLUME_BYTES + clusters * CLUSTER_BYTES;
        return 2 * nodes(bytes) + geometry.logSlots() + 4;
    }

    /// How many nodes a tree of so many bytes may take.
    static long nodes(long bytes) {
        long leaves = NODES_FOR_ONE * Math.ceilDiv(bytes, Node.ROOM) + 2;
        return leaves + leaves / FAN_OUT * 2 + 3;
    }
}
