package io.orlop.store.history;

/// One change of a key: a put, or the tombstone of a deletion.
///
/// @param main the revision of its transaction
/// @param sub its place among the changes of that transaction
/// @param create the revision that began its generation; 0 for a tombstone
/// @param version how many puts its generation had so far; 0 for a tombstone
/// @param location where the log has it
public record Change(long main, int sub, long create, long version, long location) {
    /// The put that begins a generation; it has no location yet.
    public static Change birth(long main, int sub) {
        return new Change(main, sub, main, 1, 0);
    }

    public boolean isTombstone() {
        return create == 0;
    }
}
