package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.Mandate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Takes a volume away with everything that was made for it.
///
/// What is known here of its replicas and nexuses is taken away before the spec goes. One that nobody here knows,
/// because a call that was given up is carried out late, is not forgotten either: its owner finds that its volume is
/// gone from the store and destroys it, and so does the reconciler of volumes when it hears of it.
final class VolumeDeletion {
    private final VolumeBook book;
    private final ClusterView view;
    private final Means means;

    VolumeDeletion(VolumeBook book, ClusterView view, Means means) {
        this.book = book;
        this.view = view;
        this.means = means;
    }

    Stored<VolumeSpec> promise(Stored<VolumeSpec> present) {
        return book.replace(present, present.value().withoutOperation().withStatus(SpecStatus.DELETING));
    }

    /// Finishes a promise. The guard is taken.
    void resume(Stored<VolumeSpec> promised) {
        VolumeId volume = promised.value().uuid();
        clear(Mandate.ofAll(volume, promised.modRevision()));
        book.remove(promised);
    }

    /// What a volume has left that is gone.
    void clearAfter(VolumeId gone) {
        clear(Mandate.ofAll(gone, 0));
    }

    /// Takes away what was made for a volume: the nexuses, which use the replicas, before the replicas.
    private void clear(Mandate mandate) {
        clearNexuses(mandate.volume(), _ -> true);
        for (ReplicaSpec replica : view.replicasOf(mandate.volume())) means.delete(replica.uuid(), mandate);
    }

    void clearNexuses(VolumeId volume, Predicate<NexusId> which) {
        nexuses(volume).filter(which).forEach(nexus -> means.destroy(nexus, volume));
    }

    /// Those made for a volume, but not those on their way out.
    Stream<NexusId> nexuses(VolumeId volume) {
        return view.nexusesByVolume().of(volume).stream()
                .filter(nexus -> nexus.status() != SpecStatus.DELETING)
                .map(NexusSpec::uuid);
    }
}
