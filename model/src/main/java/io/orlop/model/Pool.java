package io.orlop.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A pool as promised and as observed; at least one of them is there.
public record Pool(PoolId id, @Nullable PoolSpec spec, @Nullable PoolState state) {
    /// Where it is: as promised, else as observed.
    public NodeId node() {
        return spec != null ? spec.node() : Objects.requireNonNull(state).node();
    }
}
