package io.orlop.dataplane.pool;

/// Where a node of the tree is and how it is known to be that one: whoever points to it says what its checksum is, so
/// that neither an older node nor one that was written to a wrong place passes for it.
record Pointer(long address, long generation, int checksum) {
    /// To nothing: the tree has no node.
    static final Pointer NONE = new Pointer(0, 0, 0);
}
