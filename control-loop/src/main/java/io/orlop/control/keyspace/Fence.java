package io.orlop.control.keyspace;

/// Proof of leadership: the key that the leader made under its lease, and the revision that made it. Whoever came later
/// made the key anew, so a transaction that compares it cannot be kept for a leader that was displaced.
public record Fence(String key, long createRevision) {
    public Fence {
        if (createRevision < 1) throw new IllegalArgumentException(key + " has no revision " + createRevision);
    }
}
