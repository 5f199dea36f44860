package io.orlop.dataplane.pool;

/// Where things lie on a pool's disk. It is decided when the pool is made and never changes.
///
/// ```
///  0        4 KiB    16 KiB                data offset                                       end − 4 KiB   end
///  ├ super A ┼ zeroes ┼ slot 1 ┼ slot 2 ┼ … ┼─ cluster 0 ─┼─ cluster 1 ─┼ … ┼─ last ─┼ nothing ┼ super B ──┤
///            ╰───────── the head ─────────╯        ╰ one that metadata has grown into: 256 more slots ╮
/// ```
///
/// @param clusterSize bytes, a multiple of 1 MiB
/// @param dataOffset where cluster 0 begins, a multiple of 1 MiB
/// @param diskSize bytes, a multiple of 4 KiB: what is behind it is not the pool's
record Geometry(long clusterSize, long dataOffset, int clusters, long diskSize) {
    static final int PAGE = 4096;

    /// What metadata is kept in: a node of the tree, or a stretch of the log.
    static final int SLOT = 16 << 10;

    /// So many that a cluster is counted by an `int`, with room to spare.
    static final int CLUSTERS_MAX = 1 << 25;

    /// A cluster's pieces, each of which was written or was not: so many that a `long` says it.
    static final int PIECES = 64;

    private static final long MIB = 1 << 20;
    private static final long LOG_BYTES_MIN = 256 << 10;
    private static final long LOG_BYTES_MAX = 4 << 20;
    private static final long TREE_BYTES_AT_FIRST = 512 << 10;
    private static final long SPARE_HEAD_MAX = 16 * MIB;

    /// Lays a pool over a disk of this size; of no cluster if it is too small. What is left over of the disk is the
    /// head's.
    static Geometry layOut(long clusterSize, long size) {
        long diskSize = size / PAGE * PAGE;
        long headMin = roundUp(logBytes(diskSize) + TREE_BYTES_AT_FIRST, MIB);
        long clusters = Math.max(0, diskSize - PAGE - headMin) / clusterSize;
        long head = (diskSize - PAGE - clusters * clusterSize) / MIB * MIB;
        long dataOffset = Math.clamp(head, headMin, headMin + SPARE_HEAD_MAX);
        return new Geometry(clusterSize, dataOffset, Math.toIntExact(clusters), diskSize);
    }

    /// How long the log grows before the tree is brought up to date.
    private static long logBytes(long diskSize) {
        return Math.clamp(roundUp(diskSize / 512, SLOT), LOG_BYTES_MIN, LOG_BYTES_MAX);
    }

    int logSlots() {
        return (int) (logBytes(diskSize) / SLOT);
    }

    int headSlots() {
        return (int) (dataOffset / SLOT) - 1;
    }

    int slotsOfCluster() {
        return (int) (clusterSize / SLOT);
    }

    /// Where the super block of an end, 0 or 1, is.
    long superOffset(int end) {
        return end == 0 ? 0 : diskSize - PAGE;
    }

    long clusterOffset(int cluster) {
        return dataOffset + cluster * clusterSize;
    }

    /// Bytes: 64 KiB where clusters have 4 MiB.
    long pieceSize() {
        return clusterSize / PIECES;
    }

    static long roundUp(long value, long unit) {
        return Math.ceilDiv(value, unit) * unit;
    }
}
