package io.orlop.dataplane.pool;

/// What in a pool an earlier version would not understand, a bit each. Version 1 of the format sets none.
///
/// @param compatible whoever does not know one may read and write: it keeps what it does not understand
/// @param readOnly whoever does not know one may read
/// @param incompatible whoever does not know one leaves the pool alone
record Compatibility(long compatible, long readOnly, long incompatible) {
    static final Compatibility NONE = new Compatibility(0, 0, 0);

    /// Whether this version may write to the pool. Of the compatible it knows none and needs none.
    boolean writable() {
        return (readOnly | incompatible) == 0;
    }

    boolean readable() {
        return incompatible == 0;
    }
}
