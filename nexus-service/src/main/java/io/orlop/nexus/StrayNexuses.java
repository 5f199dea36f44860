package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.NexusInfos;
import io.orlop.control.loop.Grace;
import io.orlop.control.loop.Outcome;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Destroys nexuses that nobody promised: a call that was given up may have been carried out late.
///
/// ```
///   seen, no spec, its info is ours ──► a grace ──► still so, and the store itself says the same ──► destroyed
/// ```
///
/// Not every nexus without a spec is ours to destroy: somebody may have made it on the node by hand. Ours are those
/// that were told to keep their [io.orlop.model.NexusInfo] in our keyspace.
final class StrayNexuses {
    private final Keyspace keyspace;
    private final ClusterView view;
    private final NexusInfos infos;
    private final Hands hands;
    private final Grace<NexusId> grace;

    StrayNexuses(Keyspace keyspace, ClusterView view, NexusInfos infos, Hands hands, Grace<NexusId> grace) {
        this.keyspace = keyspace;
        this.view = view;
        this.infos = infos;
        this.hands = hands;
        this.grace = grace;
    }

    /// Whether it looks like one from here.
    boolean suspects(NexusId nexus) {
        return !suspected(nexus).isEmpty();
    }

    private List<NexusState> suspected(NexusId nexus) {
        if (view.nexuses().get(nexus).isPresent()) return List.of();
        return view.seen().nexus(nexus).stream()
                .filter(state -> key(state).flatMap(view.infos()::get).isPresent())
                .toList();
    }

    /// There is no spec of this nexus as far as the table knows, and the guard is taken.
    Outcome reconcile(NexusId nexus) {
        List<NexusState> strays = suspected(nexus);
        if (strays.isEmpty()) {
            grace.forget(nexus);
            return Outcome.settled();
        }
        Duration left = grace.left(nexus);
        if (left.isPositive()) return Outcome.again(left);
        if (keyspace.get(view.nexuses().key(nexus)).isEmpty()) {
            for (NexusState stray : strays) {
                if (key(stray).flatMap(infos::read).isPresent()) hands.destroy(stray.node(), nexus);
            }
        }
        grace.forget(nexus);
        return Outcome.settled();
    }

    private static Optional<NexusInfoKey> key(NexusState stray) {
        try {
            return Optional.of(new NexusInfoKey(VolumeId.of(stray.name()), stray.uuid()));
        } catch (RefusalException named) {
            return Optional.empty();
        }
    }
}
