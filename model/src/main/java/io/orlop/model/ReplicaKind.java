package io.orlop.model;

/// What a replica came from.
public enum ReplicaKind {
    REGULAR,
    SNAPSHOT,
    SNAPSHOT_CLONE
}
