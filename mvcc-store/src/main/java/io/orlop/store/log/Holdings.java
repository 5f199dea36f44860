package io.orlop.store.log;

/// What a segment holds, as of one compaction. Bytes are those of records.
///
/// @param segment its number
/// @param bytes all of them
/// @param deadPutBytes of puts that nobody needs
/// @param deadTombstoneBytes of tombstones that nobody needs, unless older segments do: see [SegmentRewrite]
/// @param footless it could not be given a footer: another generation can
record Holdings(int segment, long bytes, long deadPutBytes, long deadTombstoneBytes, boolean footless) {
    boolean isClean() {
        return deadPutBytes + deadTombstoneBytes == 0;
    }

    /// Whether a rewrite would leave no more than this share.
    boolean isWorthwhile(double aliveMax, boolean olderAreClean) {
        long going = deadPutBytes + (olderAreClean ? deadTombstoneBytes : 0);
        return footless || going > 0 && bytes - going <= aliveMax * bytes;
    }
}
