package io.orlop.store.api;

/// A key with its value as it was after one change.
///
/// @param createRevision the revision that brought the key into being
/// @param modRevision the revision of this change
/// @param version 1 when created, one more with every put
/// @param lease the lease that keeps the key, 0 for none
public record KeyValue(Octets key, Octets value, long createRevision, long modRevision, long version, long lease) {
    /// What a watcher is told of a deleted key: its name and when.
    public static KeyValue tombstone(Octets key, long modRevision) {
        return new KeyValue(key, Octets.EMPTY, 0, modRevision, 0, 0);
    }

    public KeyValue withoutValue() {
        return new KeyValue(key, Octets.EMPTY, createRevision, modRevision, version, lease);
    }
}
