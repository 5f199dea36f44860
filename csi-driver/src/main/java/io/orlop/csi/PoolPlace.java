package io.orlop.csi;

import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import java.util.Optional;

/// Which node a pool is on: as promised, else as observed.
final class PoolPlace {
    private PoolPlace() {}

    static Optional<NodeId> node(Pool pool) {
        if (pool.spec() != null) return Optional.of(pool.spec().node());
        return pool.state() == null
                ? Optional.empty()
                : Optional.of(pool.state().node());
    }
}
