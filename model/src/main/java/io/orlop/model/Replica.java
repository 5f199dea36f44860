package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A replica as promised and as observed; at least one of them is there.
public record Replica(ReplicaId uuid, @Nullable ReplicaSpec spec, @Nullable ReplicaState state) {}
