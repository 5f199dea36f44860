package io.orlop.wire.service;

import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusState;
import io.orlop.model.Node;
import io.orlop.model.Pool;
import io.orlop.model.Replica;
import io.orlop.model.Topology;
import io.orlop.model.Volume;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeState;
import java.util.List;
import java.util.Map;

/// About how much room something takes in a message: what everything of its kind has, and what a user may make long.
final class Weight {
    private static final int USUAL = 2 << 10;

    /// Of a volume's copy, or a child of its target: how it is, how much it takes, and the names of all that.
    private static final int COPY = 512;

    private Weight() {}

    static int of(Object entry) {
        return USUAL
                + switch (entry) {
                    case Volume volume -> of(volume.spec().shape()) + of(volume.state());
                    case Pool pool
                    when pool.spec() != null ->
                        of(pool.spec().labels()) + of(pool.spec().disks());
                    case Replica replica ->
                        (replica.spec() == null ? 0 : of(replica.spec().hosts()))
                                + (replica.state() == null
                                        ? 0
                                        : of(replica.state().hosts()));
                    case Nexus nexus ->
                        (nexus.spec() == null
                                        ? 0
                                        : of(nexus.spec().hosts())
                                                + of(nexus.spec().children().stream()
                                                        .map(NexusChild::uri)
                                                        .toList()))
                                + (nexus.state() == null
                                        ? 0
                                        : of(nexus.state().children())
                                                + of(nexus.state().hosts()));
                    case Node node
                    when node.spec() != null ->
                        of(node.spec().labels()) + of(node.spec().cordons());
                    default -> 0;
                };
    }

    private static int of(VolumeShape shape) {
        int nodes =
                switch (shape.topology().nodes()) {
                    case Topology.Nodes.Any() -> 0;
                    case Topology.Nodes.Explicit(var allowed, var preferred) -> of(allowed) + of(preferred);
                    case Topology.Nodes.Labelled(var inclusion, var exclusion, var keys) ->
                        of(inclusion) + of(exclusion) + of(keys);
                };
        int pools =
                switch (shape.topology().pools()) {
                    case Topology.Pools.Any() -> 0;
                    case Topology.Pools.Labelled(var inclusion, var exclusion, var keys) ->
                        of(inclusion) + of(exclusion) + of(keys);
                };
        return of(shape.labels()) + nodes + pools;
    }

    private static int of(VolumeState state) {
        int copies = 0;
        for (var copy : state.replicas().values()) {
            copies += COPY + (copy.child() == null ? 0 : copy.child().uri().length());
        }
        NexusState target = state.target();
        if (target == null) return copies;
        for (var child : target.children()) copies += COPY + child.uri().length();
        return copies + of(target.hosts());
    }

    private static int of(Map<String, String> labels) {
        int length = 0;
        for (var label : labels.entrySet()) {
            length += label.getKey().length() + label.getValue().length() + 6;
        }
        return length;
    }

    private static int of(List<?> texts) {
        int length = 0;
        for (Object text : texts) length += text.toString().length() + 3;
        return length;
    }
}
