package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.loop.Outcome;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import java.util.Optional;

/// Destroys nexuses that nobody promised: a call that was given up may have been carried out late.
///
/// Not every nexus without a spec is ours to destroy: somebody may have made it on the node by hand. Ours are those
/// that were told to keep their [io.orlop.model.NexusInfo] in our keyspace.
final class StrayNexuses {
    private final Keyspace keyspace;
    private final String nexusPrefix;
    private final NexusInfos infos;
    private final Landscape landscape;
    private final Hands hands;

    StrayNexuses(Keyspace keyspace, String nexusPrefix, NexusInfos infos, Landscape landscape, Hands hands) {
        this.keyspace = keyspace;
        this.nexusPrefix = nexusPrefix;
        this.infos = infos;
        this.landscape = landscape;
        this.hands = hands;
    }

    /// There is no spec of this nexus as far as the table knows, and the guard is taken.
    Outcome reconcile(NexusId nexus) {
        Optional<NexusState> stray = landscape.state(nexus);
        if (stray.isEmpty() || !ours(stray.get())) return Outcome.settled();
        if (keyspace.get(nexusPrefix + nexus).isPresent()) return Outcome.settled();
        hands.destroy(stray.get().node(), nexus);
        return Outcome.settled();
    }

    private boolean ours(NexusState stray) {
        try {
            return infos.read(new NexusInfoKey(VolumeId.of(stray.name()), stray.uuid()))
                    .isPresent();
        } catch (RefusalException named) {
            return false;
        }
    }
}
