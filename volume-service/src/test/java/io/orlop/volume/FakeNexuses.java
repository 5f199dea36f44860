package io.orlop.volume;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.model.ChildStatus;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeId;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.TargetChoice;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Builds nexuses from the copies that the nexus before knew to be healthy.
final class FakeNexuses implements Nexuses {
    private final FakeCluster cluster;

    FakeNexuses(FakeCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public NodeId chooseTarget(TargetChoice choice) {
        return cluster.nodes.keySet().stream()
                .filter(cluster::online)
                .filter(node -> choice.required() == null || choice.required().equals(node))
                .filter(node -> !choice.avoid().contains(node))
                .filter(node -> choice.required() != null || choice.replicas().contains(node))
                .findFirst()
                .orElseThrow(() -> new Refusal.FailedPrecondition("no node can serve", "bring one back").exception());
    }

    @Override
    public Nexus createNexus(CreateNexusSpec request) {
        synchronized (cluster) {
            if (cluster.nexuses.containsKey(request.nexus())) return nexus(request.nexus());
            awake(request.shape().node());
            List<NexusChild> chosen = request.children();
            if (request.previous() != null) {
                NexusInfo before = cluster.info(NexusInfoKey.of(request.shape().owner(), request.previous()))
                        .orElseThrow();
                chosen = chosen.stream()
                        .filter(child -> before.children().stream()
                                .anyMatch(known -> known.healthy() && is(child, known.uuid())))
                        .limit(before.cleanShutdown() ? Long.MAX_VALUE : 1)
                        .toList();
            }
            if (chosen.isEmpty()) throw new Refusal.FailedPrecondition("no copy to use", "wait").exception();
            Map<String, ChildStatus> seen = new TreeMap<>();
            chosen.forEach(child -> seen.put(child.uri(), ChildStatus.ONLINE));
            cluster.save(
                    NexusSpec.promised(request.nexus(), request.shape(), chosen).withStatus(SpecStatus.CREATED), seen);
            return nexus(request.nexus());
        }
    }

    private static boolean is(NexusChild child, ReplicaId replica) {
        return ReplicaId.behind(child.uri()).filter(replica::equals).isPresent();
    }

    private void awake(NodeId node) {
        if (!cluster.online(node)) throw new Refusal.Unavailable(node + " is away", "wait").exception();
    }

    @Override
    public Nexus nexus(NexusId nexus) {
        synchronized (cluster) {
            return new Nexus(nexus, present(nexus), cluster.state(present(nexus)));
        }
    }

    private NexusSpec present(NexusId nexus) {
        NexusSpec spec = cluster.nexuses.get(nexus);
        if (spec == null) throw new Refusal.NotFound("no nexus " + nexus, "look").exception();
        return spec;
    }

    @Override
    public void destroyNexus(NexusId nexus, @Nullable VolumeId owner) {
        synchronized (cluster) {
            cluster.drop(present(nexus));
        }
    }

    private Nexus change(NexusId nexus, NexusOperation operation, Map<String, ChildStatus> seen) {
        synchronized (cluster) {
            NexusSpec spec = present(nexus);
            awake(spec.node());
            cluster.save(spec.after(operation), seen);
            return nexus(nexus);
        }
    }

    @Override
    public Nexus publish(NexusId nexus, List<String> hosts) {
        return change(nexus, new NexusOperation.Publish(hosts), cluster.childrenOf(nexus));
    }

    @Override
    public Nexus addChild(NexusId nexus, NexusChild child) {
        Map<String, ChildStatus> seen = cluster.childrenOf(nexus);
        seen.putIfAbsent(child.uri(), ChildStatus.DEGRADED);
        return change(nexus, new NexusOperation.AddChild(child), seen);
    }

    @Override
    public Nexus removeChild(NexusId nexus, String uri) {
        Map<String, ChildStatus> seen = cluster.childrenOf(nexus);
        ChildStatus was = seen.remove(uri);
        if (was == ChildStatus.ONLINE && !seen.containsValue(ChildStatus.ONLINE)) {
            throw new Refusal.FailedPrecondition("the last healthy child", "wait").exception();
        }
        return change(nexus, new NexusOperation.RemoveChild(uri), seen);
    }

    @Override
    public Page<Nexus> nexuses(@Nullable NexusId after, int most) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Nexus unpublish(NexusId nexus) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Nexus shutdown(NexusId nexus) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return List.of();
    }
}
