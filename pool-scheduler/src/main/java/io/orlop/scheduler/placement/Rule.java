package io.orlop.scheduler.placement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One reason why a replica may not go into a pool.
@FunctionalInterface
interface Rule {
    /// @param taken where the volume has replicas already, or will have
    /// @return the sentence that says why not, or `null` if this rule does not object
    @Nullable
    String refusal(PlacementRequest request, List<Site> taken, Candidate pool);
}
