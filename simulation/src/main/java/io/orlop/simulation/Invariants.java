package io.orlop.simulation;

import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Layout;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.PoolState;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.json.JsonDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must be true of a cluster that has settled, compared between the store and what the nodes really have.
final class Invariants {
    private final SimulatedCluster cluster;
    private final List<String> broken = new ArrayList<>();
    private final Map<ReplicaId, ReplicaSpec> replicas = new TreeMap<>();
    private final Map<NexusId, NexusSpec> nexuses = new TreeMap<>();
    private final List<VolumeSpec> volumes = new ArrayList<>();
    private final List<String> infos = new ArrayList<>();
    private final Map<ReplicaId, ReplicaState> replicaStates = new TreeMap<>();
    private final Map<NexusId, NexusState> nexusStates = new TreeMap<>();
    private final List<PoolState> pools = new ArrayList<>();

    private Invariants(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /// The first things that are wrong; empty if nothing is.
    static Optional<String> violated(SimulatedCluster cluster) {
        var invariants = new Invariants(cluster);
        invariants.look();
        invariants.check();
        return invariants.broken.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", invariants.broken));
    }

    private void look() {
        for (KeyValue entry : cluster.stored()) {
            String key = entry.key();
            byte[] value = entry.value();
            if (key.startsWith(Layout.DEFAULT.volumes())) {
                volumes.add(JsonDocument.VOLUME.decode(value));
            } else if (key.startsWith(Layout.DEFAULT.replicas())) {
                ReplicaSpec spec = JsonDocument.REPLICA.decode(value);
                replicas.put(spec.uuid(), spec);
            } else if (key.startsWith(Layout.DEFAULT.nexuses())) {
                NexusSpec spec = JsonDocument.NEXUS.decode(value);
                nexuses.put(spec.uuid(), spec);
            } else if (key.endsWith("/info")) {
                infos.add(key);
            }
        }
        for (SimulatedNode node : cluster.nodes()) {
            if (!node.running()) {
                broken.add(node.id() + " is not running");
                continue;
            }
            node.agent().replicas().forEach(state -> replicaStates.put(state.uuid(), state));
            node.agent().nexuses().forEach(state -> nexusStates.put(state.uuid(), state));
            pools.addAll(node.agent().pools());
        }
    }

    private void check() {
        broken.addAll(cluster.wrongs());
        noOrphans();
        nothingPending();
        everyVolumeHasItsCopies();
        accountsAddUp();
    }

    private void noOrphans() {
        for (ReplicaId replica : replicaStates.keySet()) {
            if (!replicas.containsKey(replica)) broken.add("replica " + replica + " is an orphan on its node");
        }
        for (ReplicaSpec spec : replicas.values()) {
            if (!replicaStates.containsKey(spec.uuid())) {
                broken.add("replica " + spec.uuid() + " is promised and nowhere: " + spec);
            }
            boolean owned = volumes.stream()
                    .anyMatch(volume -> volume.uuid().equals(spec.owners().volume()));
            if (!owned) broken.add("replica " + spec.uuid() + " has no volume");
        }
        for (NexusId nexus : nexusStates.keySet()) {
            if (!nexuses.containsKey(nexus)) broken.add("nexus " + nexus + " is an orphan on its node");
        }
        for (NexusSpec spec : nexuses.values()) {
            if (!nexusStates.containsKey(spec.uuid())) broken.add("nexus " + spec.uuid() + " is promised and nowhere");
        }
        if (volumes.isEmpty() && !infos.isEmpty()) broken.add("left behind: " + infos);
    }

    private void nothingPending() {
        for (VolumeSpec spec : volumes) if (spec.dirty()) broken.add("volume is dirty: " + spec);
        for (ReplicaSpec spec : replicas.values()) if (spec.dirty()) broken.add("replica is dirty: " + spec);
        for (NexusSpec spec : nexuses.values()) if (spec.dirty()) broken.add("nexus is dirty: " + spec);
    }

    private void everyVolumeHasItsCopies() {
        for (VolumeSpec volume : volumes) {
            if (volume.status() != SpecStatus.CREATED) continue;
            var holders = new TreeSet<NodeId>();
            int copies = 0;
            for (ReplicaSpec replica : replicas.values()) {
                if (!volume.uuid().equals(replica.owners().volume())) continue;
                copies++;
                holders.add(replica.node());
            }
            if (copies > volume.numReplicas() && awaitsPublication(volume)) continue;
            if (copies != volume.numReplicas() || holders.size() != copies) {
                broken.add("volume %s has %d copies on %s".formatted(volume.uuid(), copies, holders));
            }
        }
        for (NexusState nexus : nexusStates.values()) {
            nexus.children().stream()
                    .filter(child -> !child.healthy())
                    .forEach(child -> broken.add("nexus " + nexus.uuid() + " has an unhealthy child: " + child));
        }
    }

    /// One that nobody uses is not rebuilt, and says so; until it is whole again, nothing of it is retired.
    private boolean awaitsPublication(VolumeSpec volume) {
        return volume.publication() instanceof Publication.Unpublished
                && cluster.blocked()
                        .getOrDefault("volumes", Map.of())
                        .getOrDefault(volume.uuid().toString(), "")
                        .contains("is rebuilt when the volume is published");
    }

    private void accountsAddUp() {
        for (PoolState pool : pools) {
            long used = replicaStates.values().stream()
                    .filter(replica -> replica.pool().equals(pool.id()))
                    .mapToLong(replica -> replica.space().allocated().count())
                    .sum();
            if (used != pool.used().count()) {
                broken.add("pool %s says %d are used, its replicas %d"
                        .formatted(pool.id(), pool.used().count(), used));
            }
        }
        if (pools.size() != cluster.nodes().size()) broken.add("pools are missing: " + pools);
    }
}
