package io.orlop.volume;

import io.orlop.model.AllowedHost;
import io.orlop.model.Commitment;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.CreateReplicaSpec;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.ReplicasOf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// One pool a node, with as much room as the cluster says of its disk; replicas take none of it.
final class FakePools implements Pools {
    private final FakeCluster cluster;
    /// What was asked for, granted or not.
    final List<Provision> provisions = new CopyOnWriteArrayList<>();
    private long made;

    FakePools(FakeCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public List<Replica> provision(Provision request) {
        provisions.add(request);
        synchronized (cluster) {
            var owned = new ArrayList<>(cluster.replicas.values().stream()
                    .filter(replica -> request.volume().equals(replica.owners().volume()))
                    .toList());
            List<NodeId> used = owned.stream().map(ReplicaSpec::node).toList();
            owned.removeIf(replica -> request.notCounting().contains(replica.uuid()));
            List<NodeId> free = cluster.nodes.keySet().stream()
                    .filter(node -> cluster.online(node)
                            && !used.contains(node)
                            && cluster.hasRoom(node, request.shape().size()))
                    .toList();
            int missing = request.count() - owned.size();
            if (missing > free.size()) {
                throw new Refusal.OutOfCapacity(
                                "volume %s needs %d more and there are %d nodes"
                                        .formatted(request.volume(), missing, free.size()),
                                "add nodes")
                        .exception();
            }
            for (int i = 0; i < missing; i++) {
                var replica = new ReplicaSpec(
                        new ReplicaId(new UUID(7, ++made)),
                        free.get(i),
                        new PoolId("pool-" + free.get(i)),
                        request.shape().size(),
                        request.shape().thin(),
                        ShareProtocol.NONE,
                        List.of(),
                        true,
                        ReplicaOwners.of(request.volume()),
                        ReplicaKind.REGULAR,
                        SpecStatus.CREATED,
                        null);
                cluster.save(replica);
                owned.add(replica);
            }
            return owned.stream().map(this::seen).toList();
        }
    }

    private Replica seen(ReplicaSpec spec) {
        return new Replica(spec.uuid(), spec, FakeCluster.state(spec));
    }

    private ReplicaSpec present(ReplicaId replica) {
        ReplicaSpec spec = cluster.replicas.get(replica);
        if (spec == null) throw new Refusal.NotFound("no replica " + replica, "look").exception();
        return spec;
    }

    @Override
    public void deleteReplica(ReplicaId replica, @Nullable Mandate mandate) {
        synchronized (cluster) {
            if (mandate != null && cluster.revision(mandate.volume()) != mandate.revision()) {
                throw new Refusal.Conflict("volume " + mandate.volume() + " has changed", "look again").exception();
            }
            cluster.drop(present(replica));
        }
    }

    @Override
    public Replica shareReplica(ReplicaId replica, List<String> hosts) {
        return change(replica, new ReplicaOperation.Share(AllowedHost.fromAnywhere(hosts)));
    }

    @Override
    public Replica unshareReplica(ReplicaId replica) {
        return change(replica, new ReplicaOperation.Unshare());
    }

    @Override
    public Commitment commitment() {
        return Commitment.DEFAULT;
    }

    private Replica change(ReplicaId replica, ReplicaOperation operation) {
        synchronized (cluster) {
            ReplicaSpec spec = present(replica);
            if (!cluster.online(spec.node()))
                throw new Refusal.Unavailable(spec.node() + " is away", "wait").exception();
            cluster.save(spec.after(operation));
            return seen(spec.after(operation));
        }
    }

    @Override
    public Page<Pool> pools(@Nullable PoolId after, int most) {
        throw new UnsupportedOperationException();
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
        return seen(present(replica));
    }

    @Override
    public Replica createReplica(CreateReplicaSpec request) {
        throw new UnsupportedOperationException();
    }
}
