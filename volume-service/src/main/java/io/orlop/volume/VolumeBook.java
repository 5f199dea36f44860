package io.orlop.volume;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.AffinityGroupSpec;
import io.orlop.model.Limits;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The volumes as promised, and the groups they keep apart in. Whoever writes holds the volume's guard.
final class VolumeBook {
    /// Volumes of one group that are made at the same time change the same group.
    private static final int TRIES = 20;

    private final Table<VolumeId, VolumeSpec> volumes;
    private final Table<AffinityGroupId, AffinityGroupSpec> groups;
    private final ClusterView view;
    private final FencedWriter writer;

    VolumeBook(ClusterView view, FencedWriter writer) {
        this.volumes = view.volumes();
        this.groups = view.groups();
        this.view = view;
        this.writer = writer;
    }

    Optional<Stored<VolumeSpec>> find(VolumeId volume) {
        return volumes.get(volume);
    }

    Stored<VolumeSpec> present(VolumeId volume) {
        return find(volume).orElseThrow(() -> new Refusal.NotFound(
                        "there is no volume " + volume, "list the volumes to see which there are")
                .exception());
    }

    /// The other volumes of its group.
    List<VolumeId> neighbours(VolumeSpec volume) {
        if (volume.affinityGroup() == null) return List.of();
        return groups.value(volume.affinityGroup())
                .map(group -> group.volumes().stream()
                        .filter(other -> !other.equals(volume.uuid()))
                        .toList())
                .orElse(List.of());
    }

    Stored<VolumeSpec> create(VolumeSpec promise) {
        commit(() -> {
            var writes = new Writes().create(volumes, promise.uuid(), promise);
            AffinityGroupId id = promise.affinityGroup();
            if (id == null) return writes;
            Optional<Stored<AffinityGroupSpec>> group = groups.get(id);
            if (group.isEmpty()) {
                return writes.create(groups, id, new AffinityGroupSpec(id, List.of(promise.uuid())));
            }
            var more = new ArrayList<>(group.get().value().volumes());
            more.add(promise.uuid());
            return writes.replace(groups, id, group.get(), new AffinityGroupSpec(id, Limits.group(id, more)));
        });
        return again(promise.uuid());
    }

    Stored<VolumeSpec> replace(Stored<VolumeSpec> seen, VolumeSpec next) {
        return writer.replace(volumes, next.uuid(), seen, next);
    }

    /// Removes the volume, what its nexuses left, and its group if it was the last: nothing is left in the store.
    void remove(Stored<VolumeSpec> seen) {
        VolumeSpec spec = seen.value();
        commit(() -> {
            var writes = new Writes().remove(volumes, spec.uuid(), seen);
            for (NexusInfoKey key : view.infosOf(spec.uuid())) {
                view.infos().get(key).ifPresent(info -> writes.remove(view.infos(), key, info));
            }
            AffinityGroupId id = spec.affinityGroup();
            Optional<Stored<AffinityGroupSpec>> group = id == null ? Optional.empty() : groups.get(id);
            if (id == null || group.isEmpty()) return writes;
            List<VolumeId> fewer = neighbours(spec);
            return fewer.isEmpty()
                    ? writes.remove(groups, id, group.get())
                    : writes.replace(groups, id, group.get(), new AffinityGroupSpec(id, fewer));
        });
    }

    private void commit(Supplier<Writes> writes) {
        for (int tries = 1; ; tries++) {
            try {
                writer.commit(writes.get());
                return;
            } catch (RefusalException refused) {
                // The tables know by now what was written in between; for the volume itself we hold the guard.
                if (!(refused.refusal() instanceof Refusal.Conflict) || tries == TRIES) throw refused;
            }
        }
    }

    private Stored<VolumeSpec> again(VolumeId volume) {
        return volumes.get(volume)
                .orElseThrow(() -> new IllegalStateException(volume + " was written and is not there"));
    }
}
