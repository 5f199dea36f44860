package io.orlop.csi;

import io.orlop.model.AnaState;
import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.Commitment;
import io.orlop.model.Differences;
import io.orlop.model.FrontendHost;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Publication;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.ReplicasOf;
import io.orlop.wire.service.UnpublishVolume;
import io.orlop.wire.service.Volumes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The services behind the driver, as their ports promise, in memory.
final class FakeServices {
    final SortedMap<VolumeId, VolumeSpec> specs = new TreeMap<>();
    final List<Pool> pools = new ArrayList<>();
    final SortedMap<NodeId, Node> nodes = new TreeMap<>();
    final List<CreateVolume> created = new ArrayList<>();
    final List<PublishVolume> published = new ArrayList<>();
    /// What the next change is refused with.
    @Nullable
    Refusal refusal;
    /// Called when a volume is about to be created.
    Runnable whenCreating = () -> {};
    /// Called when a volume is about to be unpublished.
    Runnable whenUnpublishing = () -> {};

    final Volumes volumes = new FakeVolumes();
    final Pools poolsPort = new FakePools();
    final Registry registry = new FakeRegistry();

    /// Somebody began to offer it to this host, and nobody knows what became of it.
    void promisePublication(VolumeId volume, String host) {
        specs.computeIfPresent(volume, (_, spec) -> spec.promising(publication(spec, new NodeId("node-9"), host)));
    }

    private static VolumeOperation.Publish publication(VolumeSpec spec, NodeId node, @Nullable String host) {
        var target = new Publication.Published(
                node,
                new NexusId(new UUID(9, 9 + spec.paths())),
                ShareProtocol.NVMF,
                host == null ? List.of() : List.of(new FrontendHost(host, "nqn." + host)),
                spec.paths() + 1);
        return new VolumeOperation.Publish(target, List.of());
    }

    void reset() {
        specs.clear();
        pools.clear();
        nodes.clear();
        created.clear();
        published.clear();
        refusal = null;
    }

    void node(String name, boolean cordoned, Map<String, String> labels, Bytes... free) {
        NodeId id = new NodeId(name);
        nodes.put(
                id,
                new Node(
                        id,
                        new NodeSpec(
                                id, name + ":10124", labels, cordoned ? List.of("maintenance") : List.of(), null, null),
                        new NodeState(id, name + ":10124", NodeStatus.ONLINE, null, null, null)));
        Arrays.stream(free).forEach(bytes -> {
            PoolId pool = new PoolId("pool-" + pools.size());
            pools.add(new Pool(
                    pool,
                    new PoolSpec(pool, id, List.of("/dev/sdb"), Map.of(), SpecStatus.CREATED),
                    new PoolState(
                            pool,
                            new PoolUuid(new UUID(7, pools.size())),
                            id,
                            List.of("aio:///dev/sdb"),
                            PoolStatus.ONLINE,
                            bytes.plus(Bytes.gib(1)),
                            Bytes.gib(1),
                            Bytes.gib(1),
                            Bytes.mib(4))));
        });
    }

    /// Every pool has promised so much.
    void promised(Bytes committed) {
        pools.replaceAll(pool -> {
            PoolState state = Objects.requireNonNull(pool.state());
            return new Pool(pool.id(), pool.spec(), state.using(state.used(), committed));
        });
    }

    void node(String name, Bytes... free) {
        node(name, false, Map.of(), free);
    }

    private static Volume volume(VolumeSpec spec) {
        NexusState target =
                switch (spec.publication()) {
                    case Publication.Unpublished() -> null;
                    case Publication.Published there ->
                        new NexusState(
                                there.nexus(),
                                spec.uuid().toString(),
                                there.node(),
                                spec.size(),
                                NexusStatus.ONLINE,
                                List.of(),
                                "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:" + spec.uuid(),
                                0,
                                AnaState.OPTIMIZED,
                                there.hosts().stream().map(FrontendHost::nqn).toList());
                };
        return new Volume(
                spec,
                new VolumeState(
                        spec.uuid(),
                        spec.size(),
                        VolumeStatus.ONLINE,
                        target,
                        Map.of(),
                        new VolumeState.VolumeUsage(spec.size(), Bytes.ZERO, Bytes.ZERO)));
    }

    private final class FakeVolumes implements Volumes {
        @Override
        public Page<Volume> volumes(@Nullable VolumeId after, int most) {
            return Page.of(
                    specs.values().stream()
                            .filter(spec -> after == null || spec.uuid().compareTo(after) > 0)
                            .map(FakeServices::volume),
                    most);
        }

        @Override
        public NumberedPage<Volume> numbered(int number, int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Volume volume(VolumeId volume) {
            return FakeServices.volume(spec(volume));
        }

        private VolumeSpec spec(VolumeId volume) {
            VolumeSpec spec = specs.get(volume);
            if (spec == null) throw new Refusal.NotFound("volume " + volume + " is not there", "create it").exception();
            return spec;
        }

        private void refuse() {
            Refusal once = refusal;
            refusal = null;
            if (once != null) throw once.exception();
        }

        @Override
        public Volume create(CreateVolume request) {
            whenCreating.run();
            refuse();
            VolumeSpec present = specs.get(request.volume());
            if (present != null) {
                String differences = Differences.text(present.shape(), request.shape());
                if (!differences.isEmpty()) throw new Refusal.Differs(differences, "repeat it").exception();
                if (present.status() == SpecStatus.CREATED) {
                    throw new Refusal.AlreadyExists("volume is there", "use it").exception();
                }
            }
            created.add(request);
            var spec = VolumeSpec.promised(request.volume(), request.shape()).withStatus(SpecStatus.CREATED);
            specs.put(spec.uuid(), spec);
            return FakeServices.volume(spec);
        }

        @Override
        public void delete(VolumeId volume) {
            refuse();
            VolumeSpec spec = spec(volume);
            if (spec.publication() instanceof Publication.Published) {
                throw new Refusal.InUse("volume " + volume + " is published", "unpublish it").exception();
            }
            specs.remove(volume);
        }

        @Override
        public Volume publish(VolumeId volume, PublishVolume request) {
            refuse();
            VolumeSpec spec = spec(volume);
            if (spec.publication() instanceof Publication.Published) {
                throw new Refusal.AlreadyPublished("volume " + volume + " is published", "unpublish it").exception();
            }
            published.add(request);
            NodeId node = request.node() == null ? new NodeId("node-9") : request.node();
            VolumeSpec after = spec.after(publication(spec, node, request.frontend()));
            specs.put(volume, after);
            return FakeServices.volume(after);
        }

        @Override
        public Volume unpublish(VolumeId volume, UnpublishVolume request) {
            whenUnpublishing.run();
            refuse();
            VolumeSpec spec = spec(volume);
            if (spec.operation() != null) {
                specs.put(volume, spec.withoutOperation());
                return FakeServices.volume(spec.withoutOperation());
            }
            if (spec.publication() instanceof Publication.Published there
                    && request.nexus() != null
                    && !request.nexus().equals(there.nexus())) {
                throw new Refusal.NotPublished("volume " + volume + " is published by another", "leave it").exception();
            }
            if (spec.publication() instanceof Publication.Unpublished) {
                throw new Refusal.NotPublished("volume " + volume + " is not published", "publish it").exception();
            }
            VolumeSpec after = spec.after(new VolumeOperation.Unpublish());
            specs.put(volume, after);
            return FakeServices.volume(after);
        }

        @Override
        public Volume setReplicaCount(VolumeId volume, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Volume setMaxSnapshots(VolumeId volume, int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<RebuildRecord> rebuildHistory(VolumeId volume) {
            throw new UnsupportedOperationException();
        }
    }

    private final class FakePools implements Pools {
        @Override
        public Page<Pool> pools(@Nullable PoolId after, int most) {
            return Page.of(
                    pools.stream().filter(pool -> after == null || pool.id().compareTo(after) > 0), most);
        }

        @Override
        public Pool pool(PoolId pool) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Pool createPool(CreatePoolSpec request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deletePool(PoolId pool) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Pool labelPool(PoolId pool, Map<String, String> labels, boolean overwrite) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Pool unlabelPool(PoolId pool, String key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page<Replica> replicas(ReplicasOf which, @Nullable ReplicaId after, int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Replica replica(ReplicaId replica) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Replica> provision(Provision request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Replica createReplica(CreateReplicaSpec request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deleteReplica(ReplicaId replica, @Nullable Mandate mandate) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Replica shareReplica(ReplicaId replica, List<String> hosts) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Replica unshareReplica(ReplicaId replica) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Commitment commitment() {
            return Commitment.DEFAULT;
        }
    }

    private final class FakeRegistry implements Registry {
        @Override
        public Page<Node> nodes(@Nullable NodeId after, int most) {
            return Page.of(
                    nodes.values().stream()
                            .filter(node -> after == null || node.id().compareTo(after) > 0),
                    most);
        }

        @Override
        public Node node(NodeId node) {
            Node known = nodes.get(node);
            if (known == null) throw new Refusal.NotFound("node " + node + " is not known", "register it").exception();
            return known;
        }

        @Override
        public Node cordon(NodeId node, String label) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Node uncordon(NodeId node, String label) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Node label(NodeId node, Map<String, String> labels, boolean overwrite) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Node unlabel(NodeId node, String key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<BlockDevice> blockDevices(NodeId node, boolean all) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Observation.Cursor refresh(NodeId node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Feed<Observation> observe(Observation.Cursor from) {
            throw new UnsupportedOperationException();
        }
    }
}
