package io.orlop.volume.copies;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.NexusInfos;
import io.orlop.control.view.ClusterView;
import io.orlop.model.ChildState;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The copies of a volume: what was promised, put together with what is seen. Costs what the volume has.
public final class Copies {
    private static final NexusInfo NO_WORD = new NexusInfo(false, List.of());

    private final ClusterView view;
    private final NexusInfos infos;

    public Copies(ClusterView view, NexusInfos infos) {
        this.view = view;
        this.infos = infos;
    }

    /// As they are seen.
    public List<Copy> of(VolumeSpec volume) {
        return of(volume, target(volume));
    }

    /// @param target the nexus that serves the volume, as it was seen last
    public List<Copy> of(VolumeSpec volume, @Nullable NexusState target) {
        NexusId last = volume.lastNexus();
        return put(
                volume,
                target,
                last == null
                        ? null
                        : view.infos()
                                .value(NexusInfoKey.of(volume.uuid(), last))
                                .orElse(NO_WORD));
    }

    /// Which of them are complete is asked of the store itself: data hangs on it, and a watch may be late.
    public List<Copy> ofNow(VolumeSpec volume) {
        NexusId last = volume.lastNexus();
        return put(
                volume,
                target(volume),
                last == null ? null : word(volume.uuid(), last).orElse(NO_WORD));
    }

    /// Whether this nexus ever began to serve, by the store itself.
    public boolean left(VolumeId volume, NexusId nexus) {
        return word(volume, nexus).isPresent();
    }

    private Optional<NexusInfo> word(VolumeId volume, NexusId nexus) {
        return infos.read(NexusInfoKey.of(volume, nexus));
    }

    /// @param left `null` for a volume that was never served: every copy is as good as any other
    private List<Copy> put(VolumeSpec volume, @Nullable NexusState target, @Nullable NexusInfo left) {
        return view.replicasOf(volume.uuid()).stream()
                .map(spec -> copy(spec, target, left))
                .toList();
    }

    public @Nullable NexusState target(VolumeSpec volume) {
        return volume.publication() instanceof Publication.Published published
                ? view.seen().nexus(published.nexus(), published.node()).orElse(null)
                : null;
    }

    /// The nodes that a volume depends on.
    public List<NodeId> nodes(VolumeSpec volume) {
        var nodes = new TreeSet<NodeId>();
        view.replicasOf(volume.uuid()).forEach(spec -> nodes.add(spec.node()));
        if (volume.publication() instanceof Publication.Published published) nodes.add(published.node());
        return List.copyOf(nodes);
    }

    private Copy copy(ReplicaSpec spec, @Nullable NexusState target, @Nullable NexusInfo left) {
        ReplicaState state = view.state(spec).orElse(null);
        ChildState child = target == null ? null : child(spec.uuid(), target);
        return new Copy(spec, presence(spec, state), state, child, left == null || complete(spec.uuid(), left));
    }

    private Presence presence(ReplicaSpec spec, @Nullable ReplicaState state) {
        if (!view.seen().online(spec.node())) return Presence.AWAY;
        return state != null && state.status() == ReplicaStatus.ONLINE ? Presence.HERE : Presence.BROKEN;
    }

    private static @Nullable ChildState child(ReplicaId replica, NexusState target) {
        return target.children().stream()
                .filter(child ->
                        ReplicaId.behind(child.uri()).filter(replica::equals).isPresent())
                .findFirst()
                .orElse(null);
    }

    private static boolean complete(ReplicaId replica, NexusInfo left) {
        return left.children().stream()
                .anyMatch(child -> child.healthy() && child.uuid().equals(replica));
    }
}
