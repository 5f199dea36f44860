package io.orlop.model;

import java.util.List;
import java.util.Map;

/// Where the replicas of a volume may live.
public record Topology(Nodes nodes, Pools pools) {
    public static final Topology ANYWHERE = new Topology(new Nodes.Any(), new Pools.Any());

    /// Which nodes.
    public sealed interface Nodes {
        record Any() implements Nodes {}

        /// By name.
        record Explicit(List<NodeId> allowed, List<NodeId> preferred) implements Nodes {
            public Explicit {
                allowed = List.copyOf(allowed);
                preferred = List.copyOf(preferred);
            }
        }

        /// By label. An empty value asks only that the key is there.
        ///
        /// @param inclusion labels every node must carry
        /// @param exclusion keys whose values must differ between the nodes of two replicas
        /// @param affinityKeys keys whose values must be the same for all replicas
        record Labelled(Map<String, String> inclusion, Map<String, String> exclusion, List<String> affinityKeys)
                implements Nodes {
            public Labelled {
                inclusion = Copies.sorted(inclusion);
                exclusion = Copies.sorted(exclusion);
                affinityKeys = List.copyOf(affinityKeys);
            }
        }
    }

    /// Which pools.
    public sealed interface Pools {
        record Any() implements Pools {}

        /// By label, with the same meaning as for nodes.
        record Labelled(Map<String, String> inclusion, Map<String, String> exclusion, List<String> affinityKeys)
                implements Pools {
            public Labelled {
                inclusion = Copies.sorted(inclusion);
                exclusion = Copies.sorted(exclusion);
                affinityKeys = List.copyOf(affinityKeys);
            }
        }
    }
}
