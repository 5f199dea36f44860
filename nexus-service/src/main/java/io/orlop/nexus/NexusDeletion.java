package io.orlop.nexus;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Takes a nexus away: promised at once, done when its node says so.
final class NexusDeletion {
    private final Guards guards;
    private final NexusBook book;
    private final Hands hands;
    private final Targets targets;

    NexusDeletion(Guards guards, NexusBook book, Hands hands, Targets targets) {
        this.targets = targets;
        this.guards = guards;
        this.book = book;
        this.hands = hands;
    }

    void destroy(NexusId nexus, @Nullable VolumeId owner) {
        try (Guard _ = guards.acquire(Guarded.of(nexus))) {
            // One whose end is promised and not done is ended now: whoever heard that there is none would build the
            // next beside it.
            Stored<NexusSpec> present = book.known(nexus);
            if (!Objects.equals(present.value().owner(), owner)) {
                throw new Refusal.InUse(
                                "nexus %s serves volume %s"
                                        .formatted(nexus, present.value().owner()),
                                "unpublish the volume instead")
                        .exception();
            }
            Stored<NexusSpec> promised =
                    book.replace(present, present.value().withoutOperation().withStatus(SpecStatus.DELETING));
            try {
                resume(promised);
            } catch (RefusalException refused) {
                // Its node is away, and it goes when that is back.
                if (!refused.refusal().mayHaveHappened()) throw refused;
            }
        }
    }

    /// Finishes a promise. The guard is taken.
    void resume(Stored<NexusSpec> promised) {
        if (!isNowhere(promised.value()))
            hands.destroy(promised.value().node(), promised.value().uuid());
        book.remove(promised);
    }

    /// Whether there is nobody to ask: its node is none of ours any more. Should it come back with the nexus, that is a
    /// stray.
    boolean isNowhere(NexusSpec nexus) {
        return !targets.isKnown(nexus.node());
    }
}
