package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.copies.Census;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Takes a volume away with everything that was made for it.
final class VolumeDeletion {
    private final VolumeBook book;
    private final Census census;
    private final Table<NexusId, NexusSpec> nexusSpecs;
    private final Pools pools;
    private final Nexuses nexuses;

    VolumeDeletion(VolumeBook book, Census census, Table<NexusId, NexusSpec> nexusSpecs, Pools pools, Nexuses nexuses) {
        this.book = book;
        this.census = census;
        this.nexusSpecs = nexusSpecs;
        this.pools = pools;
        this.nexuses = nexuses;
    }

    Stored<VolumeSpec> promise(Stored<VolumeSpec> present) {
        return book.replace(present, present.value().withoutOperation().withStatus(SpecStatus.DELETING));
    }

    /// Finishes a promise. The guard is taken.
    void resume(Stored<VolumeSpec> promised) {
        VolumeId volume = promised.value().uuid();
        nexusSpecs.refresh();
        clear(volume);
        census.readInfos();
        book.remove(promised);
    }

    /// Takes away what was made for a volume: the nexuses, which use the replicas, before the replicas.
    void clear(VolumeId volume) {
        clearNexuses(volume, _ -> true);
        for (ReplicaSpec replica : census.specsNow(volume)) {
            Doubt.unlessGone(() -> pools.deleteReplica(replica.uuid(), volume));
        }
    }

    void clearNexuses(VolumeId volume, Predicate<NexusId> which) {
        nexuses(volume).filter(which).forEach(nexus -> Doubt.unlessGone(() -> nexuses.destroyNexus(nexus, volume)));
    }

    /// Those made for a volume, but not those on their way out.
    Stream<NexusId> nexuses(VolumeId volume) {
        return nexusSpecs.values().stream()
                .filter(nexus -> volume.equals(nexus.owner()) && nexus.status() != SpecStatus.DELETING)
                .map(NexusSpec::uuid);
    }
}
