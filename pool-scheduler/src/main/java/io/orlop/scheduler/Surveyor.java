package io.orlop.scheduler;

import io.orlop.model.ReplicaSpec;
import io.orlop.scheduler.placement.Commitment;
import io.orlop.scheduler.placement.Survey;
import java.util.Collection;

/// Looks at everything that decides where a replica may go.
final class Surveyor {
    private final Tables tables;
    private final Sight sight;
    private final Commitment commitment;

    Surveyor(Tables tables, Sight sight, Commitment commitment) {
        this.tables = tables;
        this.sight = sight;
        this.commitment = commitment;
    }

    /// @param promised every replica, written or about to be
    Survey survey(Collection<ReplicaSpec> promised) {
        return new Survey(tables.pools().values(), promised, tables.nodeSpecs(), sight.nodes(), commitment);
    }
}
