package io.orlop.store.api;

/// etcd's hash of all keys with their history up to a revision. Two hashes may be compared if they were made at the
/// same revision with the same history compacted.
///
/// @param at the revision that was hashed
/// @param compacted the revision before which history was gone; -1 if nothing was compacted
/// @param revision the store's revision when it answered
public record KeyHash(int hash, long at, long compacted, long revision) {}
