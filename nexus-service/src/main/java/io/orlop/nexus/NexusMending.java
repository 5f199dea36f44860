package io.orlop.nexus;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.loop.Outcome;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.nexus.children.ChildDecision;
import io.orlop.nexus.children.ChildPolicy;
import io.orlop.nexus.mending.Mend;
import java.util.List;

/// Makes a nexus again what was promised, after its node forgot it or it gave up.
final class NexusMending {
    /// More than any nexus needs: build, publish, done.
    private static final int STEPS = 4;

    private final NexusBook book;
    private final NexusInfos infos;
    private final Hands hands;
    private final Landscape landscape;
    private final NexusCreation creation;

    NexusMending(NexusBook book, NexusInfos infos, Hands hands, Landscape landscape, NexusCreation creation) {
        this.book = book;
        this.infos = infos;
        this.hands = hands;
        this.landscape = landscape;
        this.creation = creation;
    }

    /// The guard is taken, and no operation is pending.
    Outcome mend(Stored<NexusSpec> present) {
        Stored<NexusSpec> at = present;
        for (int step = 0; step < STEPS; step++) {
            NexusSpec spec = at.value();
            Mend next = Mend.next(spec, hands.reported(spec).orElse(null));
            switch (next) {
                case Mend.Nothing() -> {
                    return Outcome.settled();
                }
                case Mend.Recreate(boolean there, String why) -> {
                    switch (copies(spec)) {
                        case ChildDecision.None(String none) -> {
                            return Outcome.blocked(
                                    "nexus %s on %s: %s, and %s".formatted(spec.uuid(), spec.node(), why, none));
                        }
                        case ChildDecision.Use(List<NexusChild> children) -> at = recreate(at, there, children);
                    }
                }
                case Mend.ShutDown() -> hands.of(spec).shutdownNexus(spec.uuid());
                case Mend.Publish(List<String> hosts) ->
                    hands.of(spec).publishNexus(spec.uuid(), ShareProtocol.NVMF, hosts);
                case Mend.Unpublish() -> hands.of(spec).unpublishNexus(spec.uuid());
                case Mend.AdoptChildren(List<NexusChild> children) ->
                    at = book.replace(at, spec.withChildren(children));
            }
        }
        throw new IllegalStateException(
                "nexus " + present.value().uuid() + " is not as promised after " + STEPS + " steps that all succeeded");
    }

    /// It served, and it did not end in good order: only one copy may be used, as after any other unclean end.
    private ChildDecision copies(NexusSpec spec) {
        NexusInfo left = infos.require(NexusInfoKey.of(spec.owner(), spec.uuid()));
        return ChildPolicy.decide(
                spec.children().stream()
                        .map(child -> landscape.candidate(spec.node(), child))
                        .toList(),
                new NexusInfo(false, left.children()));
    }

    private Stored<NexusSpec> recreate(Stored<NexusSpec> present, boolean there, List<NexusChild> children) {
        NexusSpec fewer = present.value().withChildren(children);
        if (!there) {
            hands.of(fewer).createNexus(creation.order(fewer));
            return book.replace(present, fewer);
        }
        // Destroying it writes that it ended in good order. The choice is kept first, so that nobody believes that.
        Stored<NexusSpec> chosen = book.replace(present, fewer);
        hands.destroy(fewer.node(), fewer.uuid());
        hands.of(fewer).createNexus(creation.order(fewer));
        return chosen;
    }
}
