package io.orlop.scheduler;

import io.orlop.control.observed.ObservedCluster;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeStatus;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/// What is seen of the nodes, and how to see it anew.
final class Sight {
    /// How long somebody who changed something waits until it shows; after that it shows when it shows.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final ObservedCluster cluster;

    Sight(Ambient ambient, ObservedCluster cluster) {
        this.ambient = ambient;
        this.cluster = cluster;
    }

    Map<NodeId, NodeObservation> nodes() {
        var nodes = new TreeMap<NodeId, NodeObservation>();
        for (NodeObservation seen : cluster.nodes()) nodes.put(seen.node().id(), seen);
        return nodes;
    }

    boolean online(NodeId node) {
        return cluster.node(node).filter(seen -> seen.node().online()).isPresent();
    }

    /// Before somebody is told that it is not: what was seen may be of a moment ago.
    boolean onlineNow(NodeId node) {
        if (online(node)) return true;
        refresh(node);
        return online(node);
    }

    /// Known to be away: calling it would only cost time. Of a node that was not heard of yet, nobody knows.
    boolean away(NodeId node) {
        return cluster.node(node)
                .filter(seen -> seen.node().status() == NodeStatus.OFFLINE)
                .isPresent();
    }

    Optional<ReplicaState> replica(ReplicaSpec replica) {
        return cluster.node(replica.node()).stream()
                .flatMap(node -> node.replicas().stream())
                .filter(state -> state.uuid().equals(replica.uuid()))
                .findFirst();
    }

    Optional<NodeObservation> node(NodeId node) {
        return cluster.node(node);
    }

    void refresh(NodeId node) {
        refresh(List.of(node));
    }

    /// All at once. Whoever is slow is not waited for: it shows when it shows.
    void refresh(Collection<NodeId> nodes) {
        var distinct = new TreeSet<>(nodes);
        if (distinct.isEmpty()) return;
        var left = new AtomicInteger(distinct.size());
        Signal done = ambient.signal();
        for (NodeId node : distinct) {
            ambient.start("refresh " + node, () -> {
                cluster.refresh(node, PATIENCE);
                if (left.decrementAndGet() == 0) done.raise();
            });
        }
        try {
            done.await(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
