package io.orlop.volume.copies;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.observed.ObservedCluster;
import io.orlop.control.table.Table;
import io.orlop.model.ChildState;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Counts the copies of volumes: what was promised, put together with what is seen.
public final class Census {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Table<ReplicaId, ReplicaSpec> replicas;
    private final Table<NexusInfoKey, NexusInfo> infos;
    private final ObservedCluster cluster;
    private final Ambient ambient;
    private final List<Signal> waiting = new CopyOnWriteArrayList<>();

    public Census(
            Ambient ambient,
            Table<ReplicaId, ReplicaSpec> replicas,
            Table<NexusInfoKey, NexusInfo> infos,
            ObservedCluster cluster) {
        this.ambient = ambient;
        this.replicas = replicas;
        this.infos = infos;
        this.cluster = cluster;
        replicas.listen(_ -> waiting.forEach(Signal::raise));
    }

    public boolean online(NodeId node) {
        return cluster.node(node).filter(seen -> seen.node().online()).isPresent();
    }

    /// Has the nodes asked now. Those that are away stay as they were seen.
    public void refresh(Collection<NodeId> nodes) {
        for (NodeId node : new TreeSet<>(nodes)) {
            if (online(node)) cluster.refresh(node, PATIENCE);
        }
    }

    /// Waits until these replicas, which another service wrote just now, are known here.
    public void awaitKnown(Collection<ReplicaId> written) {
        Signal heard = ambient.signal();
        waiting.add(heard);
        try {
            long deadline = ambient.nanos() + PATIENCE.toNanos();
            for (long left = PATIENCE.toNanos(); left > 0 && !known(written); left = deadline - ambient.nanos()) {
                heard.await(Duration.ofNanos(left));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.remove(heard);
        }
    }

    private boolean known(Collection<ReplicaId> written) {
        return written.stream().allMatch(replica -> replicas.get(replica).isPresent());
    }

    /// The volume's replicas but those that are on their way out.
    public List<ReplicaSpec> specs(VolumeId volume) {
        return replicas.values().stream()
                .filter(spec -> volume.equals(spec.owners().volume()))
                .filter(spec -> spec.status() == SpecStatus.CREATING || spec.status() == SpecStatus.CREATED)
                .toList();
    }

    /// The same, read anew from the store: nothing that was written before this call is missed.
    public List<ReplicaSpec> specsNow(VolumeId volume) {
        replicas.refresh();
        return specs(volume);
    }

    public List<Copy> copies(VolumeSpec volume) {
        return copies(volume, target(volume));
    }

    /// @param target the nexus that serves the volume, as it was seen last
    public List<Copy> copies(VolumeSpec volume, @Nullable NexusState target) {
        NexusInfo left = volume.lastNexus() == null
                ? null
                : infos.value(NexusInfoKey.of(volume.uuid(), volume.lastNexus()))
                        .orElse(new NexusInfo(false, List.of()));
        return specs(volume.uuid()).stream()
                .map(spec -> copy(spec, target, left))
                .toList();
    }

    /// Whether this nexus ever began to serve.
    public boolean left(VolumeId volume, NexusId nexus) {
        readInfos();
        return infos.get(NexusInfoKey.of(volume, nexus)).isPresent();
    }

    /// Reads anew what nexuses left.
    public void readInfos() {
        infos.refresh();
    }

    public @Nullable NexusState target(VolumeSpec volume) {
        return volume.publication() instanceof Publication.Published published
                ? nexus(published.node(), published.nexus())
                : null;
    }

    private @Nullable NexusState nexus(NodeId node, NexusId nexus) {
        return cluster.node(node).map(NodeObservation::nexuses).orElse(List.of()).stream()
                .filter(state -> state.uuid().equals(nexus))
                .findFirst()
                .orElse(null);
    }

    private Copy copy(ReplicaSpec spec, @Nullable NexusState target, @Nullable NexusInfo left) {
        ReplicaState state = state(spec);
        ChildState child = target == null ? null : child(spec.uuid(), target);
        return new Copy(spec, presence(spec, state), state, child, left == null || complete(spec.uuid(), left));
    }

    private @Nullable ReplicaState state(ReplicaSpec spec) {
        return cluster.node(spec.node()).map(NodeObservation::replicas).orElse(List.of()).stream()
                .filter(state -> state.uuid().equals(spec.uuid()))
                .findFirst()
                .orElse(null);
    }

    private Presence presence(ReplicaSpec spec, @Nullable ReplicaState state) {
        if (!online(spec.node())) return Presence.AWAY;
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

    /// The nodes that a volume depends on.
    public List<NodeId> nodes(VolumeSpec volume) {
        var nodes = new TreeSet<NodeId>();
        specs(volume.uuid()).forEach(spec -> nodes.add(spec.node()));
        Optional.of(volume.publication())
                .filter(Publication.Published.class::isInstance)
                .map(Publication.Published.class::cast)
                .ifPresent(published -> nodes.add(published.node()));
        return List.copyOf(nodes);
    }
}
