package io.orlop.nexus;

import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.Writes;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import java.util.Optional;

/// The nexuses as promised. Whoever writes holds the nexus's guard.
final class NexusBook {
    private final Table<NexusId, NexusSpec> nexuses;
    private final FencedWriter writer;

    NexusBook(Table<NexusId, NexusSpec> nexuses, FencedWriter writer) {
        this.nexuses = nexuses;
        this.writer = writer;
    }

    Optional<Stored<NexusSpec>> find(NexusId nexus) {
        return nexuses.get(nexus);
    }

    /// The nexus, unless there is none or it is going away: of that nobody but its node needs to know.
    Stored<NexusSpec> present(NexusId nexus) {
        return find(nexus)
                .filter(found -> found.value().status() != SpecStatus.DELETING)
                .orElseThrow(() -> none(nexus));
    }

    /// The nexus, also where it is going away.
    Stored<NexusSpec> known(NexusId nexus) {
        return find(nexus).orElseThrow(() -> none(nexus));
    }

    private static RefusalException none(NexusId nexus) {
        return new Refusal.NotFound("there is no nexus " + nexus, "list the nexuses to see which there are")
                .exception();
    }

    Stored<NexusSpec> create(NexusSpec promise) {
        return writer.create(nexuses, promise.uuid(), promise);
    }

    Stored<NexusSpec> replace(Stored<NexusSpec> seen, NexusSpec next) {
        return writer.replace(nexuses, next.uuid(), seen, next);
    }

    void remove(Stored<NexusSpec> seen) {
        writer.commit(new Writes().remove(nexuses, seen.value().uuid(), seen));
    }
}
