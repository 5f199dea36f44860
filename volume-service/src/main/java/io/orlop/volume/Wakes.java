package io.orlop.volume;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SightListener;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What wakes a volume: everything that can make it other than it should be, and nothing else.
///
/// ```
///   its spec, its replicas' and nexuses' specs, what its nexuses left      the tables, by their indexes
///   its replica, its nexus                                                 facts
///   a node that holds a replica of it or serves it                         facts, by the indexes of the node
///   a pool with the room it looks for, or that may be used by now          usage, pools, nodes, if it asked for it
/// ```
final class Wakes implements SightListener {
    private final ClusterView view;
    private final RoomSeekers seekers;
    private final Consumer<VolumeId> wake;

    Wakes(ClusterView view, RoomSeekers seekers, Consumer<VolumeId> wake) {
        this.view = view;
        this.seekers = seekers;
        this.wake = wake;
    }

    void listen() {
        view.volumes().listen(wake::accept);
        view.replicasByVolume().listen(wake::accept);
        view.nexusesByVolume().listen(wake::accept);
        view.infos().listen((NexusInfoKey key) -> wake.accept(key.volume()));
        // Labels and cordons decide where there is room, too.
        view.pools().listen(_ -> seekers.poolCame(wake));
        view.nodes().listen(_ -> seekers.poolCame(wake));
        view.seen().listen(this);
    }

    @Override
    public void node(NodeId node) {
        for (ReplicaSpec replica : view.replicasByNode().of(node))
            wake(replica.owners().volume());
        view.volumesByTarget().ids(node).forEach(wake);
    }

    @Override
    public void pool(NodeId node, PoolId pool) {
        seekers.poolCame(wake);
    }

    @Override
    public void replica(NodeId node, ReplicaId replica) {
        view.replicas().value(replica).ifPresent(spec -> wake(spec.owners().volume()));
    }

    @Override
    public void nexus(NodeId node, NexusId nexus) {
        view.nexuses().value(nexus).ifPresent(spec -> wake(spec.owner()));
    }

    @Override
    public void usage(PoolState before, PoolState now) {
        seekers.crossed(before, now, wake);
    }

    private void wake(@Nullable VolumeId volume) {
        if (volume != null) wake.accept(volume);
    }
}
