package io.orlop.control.view;

import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.owner.Knowledge;
import io.orlop.control.table.Index;
import io.orlop.control.table.Table;
import io.orlop.control.table.TableWatch;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.AffinityGroupSpec;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.Registry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All that a service knows of the cluster, in one place: the specs, by their watches, and what is observed, by
/// registry-service's stream, with the indexes that questions need.
///
/// ```
///   store ── a watch ──► tables ──► indexes    replicas by volume, pool, node     ┐
///                                              nexuses by volume, node, replica   ├─ joined by id and node
///                                              volumes by target's node, pools    │
///                                              by node                            │
///   registry ── facts ─► observations          nodes, pools, replicas, nexuses    ┘
/// ```
///
/// A question about one volume costs what that volume has; a list is a walk and not a copy. A process has one view,
/// however many services it runs.
public final class ClusterView implements Knowledge, AutoCloseable {
    private final Table<VolumeId, VolumeSpec> volumes;
    private final Table<AffinityGroupId, AffinityGroupSpec> groups;
    private final Table<ReplicaId, ReplicaSpec> replicas;
    private final Table<PoolId, PoolSpec> pools;
    private final Table<NexusId, NexusSpec> nexuses;
    private final Table<NexusInfoKey, NexusInfo> infos;
    private final Table<NodeId, NodeSpec> nodes;
    private final TableWatch watch;
    private final Observations seen;

    private final Index<VolumeId, ReplicaId, ReplicaSpec> replicasByVolume;
    private final Index<PoolId, ReplicaId, ReplicaSpec> replicasByPool;
    private final Index<NodeId, ReplicaId, ReplicaSpec> replicasByNode;
    private final Index<NodeId, ReplicaId, ReplicaSpec> replicasByHost;
    private final Index<NodeId, PoolId, PoolSpec> poolsByNode;
    private final Index<VolumeId, NexusId, NexusSpec> nexusesByVolume;
    private final Index<NodeId, NexusId, NexusSpec> nexusesByNode;
    private final Index<ReplicaId, NexusId, NexusSpec> nexusesByReplica;
    private final Index<NodeId, VolumeId, VolumeSpec> volumesByTarget;

    private ClusterView(Ambient ambient, Keyspace keyspace, Layout layout, Observations seen) {
        this.seen = seen;
        this.volumes = Table.fed(ambient, keyspace, layout.volumes(), VolumeId::of, JsonDocument.VOLUME);
        this.groups = Table.fed(
                ambient, keyspace, layout.affinityGroups(), AffinityGroupId::new, JsonDocument.AFFINITY_GROUP);
        this.replicas = Table.fed(ambient, keyspace, layout.replicas(), ReplicaId::of, JsonDocument.REPLICA);
        this.pools = Table.fed(ambient, keyspace, layout.pools(), PoolId::new, JsonDocument.POOL);
        this.nexuses = Table.fed(ambient, keyspace, layout.nexuses(), NexusId::of, JsonDocument.NEXUS);
        this.infos = Table.fed(ambient, keyspace, layout.nexusInfos(), NexusInfoKey::of, JsonDocument.NEXUS_INFO);
        this.nodes = Table.fed(ambient, keyspace, layout.nodes(), NodeId::new, JsonDocument.NODE);
        this.replicasByVolume = replicas.index(replica ->
                Optional.ofNullable(replica.owners().volume()).stream().toList());
        this.replicasByPool = replicas.index(replica -> List.of(replica.pool()));
        this.replicasByNode = replicas.index(replica -> List.of(replica.node()));
        this.replicasByHost = replicas.index(ClusterView::hosts);
        this.poolsByNode = pools.index(pool -> List.of(pool.node()));
        this.nexusesByVolume = nexuses.index(
                nexus -> Optional.ofNullable(nexus.owner()).stream().toList());
        this.nexusesByNode = nexuses.index(nexus -> List.of(nexus.node()));
        this.nexusesByReplica = nexuses.index(ClusterView::children);
        this.volumesByTarget = volumes.index(ClusterView::target);
        this.watch = new TableWatch(ambient, keyspace, layout.root() + "/", tables());
    }

    /// A view that begins to fill at once.
    public static ClusterView open(Ambient ambient, Keyspace keyspace, Layout layout, Registry registry) {
        return new ClusterView(ambient, keyspace, layout, Observations.follow(ambient, registry));
    }

    private static Collection<ReplicaId> children(NexusSpec nexus) {
        return nexus.children().stream()
                .flatMap(child -> switch (child) {
                    case NexusChild.Replica(ReplicaId replica, var _) -> Stream.of(replica);
                    case NexusChild.Uri(String uri) -> ReplicaId.behind(uri).stream();
                })
                .distinct()
                .toList();
    }

    private static Collection<NodeId> hosts(ReplicaSpec replica) {
        return replica.hosts().stream()
                .flatMap(host -> NodeId.called(host.nqn()).stream())
                .distinct()
                .toList();
    }

    private static Collection<NodeId> target(VolumeSpec volume) {
        return switch (volume.publication()) {
            case Publication.Published published -> List.of(published.node());
            case Publication.Unpublished() -> List.of();
        };
    }

    public Table<VolumeId, VolumeSpec> volumes() {
        return volumes;
    }

    public Table<AffinityGroupId, AffinityGroupSpec> groups() {
        return groups;
    }

    public Table<ReplicaId, ReplicaSpec> replicas() {
        return replicas;
    }

    public Table<PoolId, PoolSpec> pools() {
        return pools;
    }

    public Table<NexusId, NexusSpec> nexuses() {
        return nexuses;
    }

    public Table<NexusInfoKey, NexusInfo> infos() {
        return infos;
    }

    public Table<NodeId, NodeSpec> nodes() {
        return nodes;
    }

    public Observations seen() {
        return seen;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(volumes, groups, replicas, pools, nexuses, infos, nodes);
    }

    /// The replicas a volume owns, but those on their way out.
    public List<ReplicaSpec> replicasOf(VolumeId volume) {
        return replicasByVolume.of(volume).stream()
                .filter(replica -> replica.status() == SpecStatus.CREATING || replica.status() == SpecStatus.CREATED)
                .toList();
    }

    public Index<VolumeId, ReplicaId, ReplicaSpec> replicasByVolume() {
        return replicasByVolume;
    }

    public Index<PoolId, ReplicaId, ReplicaSpec> replicasByPool() {
        return replicasByPool;
    }

    public Index<NodeId, ReplicaId, ReplicaSpec> replicasByNode() {
        return replicasByNode;
    }

    /// The replicas that a node may connect to.
    public Index<NodeId, ReplicaId, ReplicaSpec> replicasByHost() {
        return replicasByHost;
    }

    public Index<NodeId, PoolId, PoolSpec> poolsByNode() {
        return poolsByNode;
    }

    public Index<VolumeId, NexusId, NexusSpec> nexusesByVolume() {
        return nexusesByVolume;
    }

    public Index<NodeId, NexusId, NexusSpec> nexusesByNode() {
        return nexusesByNode;
    }

    /// The nexuses that have, or are promised, this replica as a child.
    public Index<ReplicaId, NexusId, NexusSpec> nexusesByReplica() {
        return nexusesByReplica;
    }

    /// The volumes that are served from a node.
    public Index<NodeId, VolumeId, VolumeSpec> volumesByTarget() {
        return volumesByTarget;
    }

    /// What nexuses left of a volume: found without an index, since the keys begin with the volume.
    public List<NexusInfoKey> infosOf(VolumeId volume) {
        return infos.idsFrom(NexusInfoKey.first(volume), key -> key.volume().equals(volume));
    }

    /// The replica as its node reports it.
    public Optional<ReplicaState> state(ReplicaSpec replica) {
        return seen.replica(replica.uuid(), replica.node());
    }

    /// The nexus as its node reports it.
    public Optional<NexusState> state(NexusSpec nexus) {
        return seen.nexus(nexus.uuid(), nexus.node());
    }

    /// The leader's own key was written after everything that its predecessors wrote: once the watch has told of it,
    /// the tables hold all that. Where the watch stands and is too late for that, everything is read anew; while it
    /// is still filling the tables, to read everything once more beside it would only delay it.
    @Override
    public boolean catchUp(Fence fence, Duration atMost) throws InterruptedException {
        if (watch.awaitTold(fence.createRevision(), atMost)) return true;
        if (!tables().stream().allMatch(Table::isSynced)) return false;
        tables().forEach(Table::refresh);
        return true;
    }

    /// A copy may have followed for hours with a broken stream, so it waits for one that stands. Where none comes,
    /// because no copy of the registry leads, what was known last has to do: a leader whose stream breaks goes on
    /// with that, too.
    @Override
    public boolean awaitObserved(Duration atMost) throws InterruptedException {
        return seen.awaitCurrent(atMost) || seen.isComplete();
    }

    @Override
    public void close() {
        seen.close();
        watch.close();
    }
}
