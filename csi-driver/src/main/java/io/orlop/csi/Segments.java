package io.orlop.csi;

import io.orlop.model.NodeId;
import io.orlop.model.RefusalException;
import io.orlop.stubs.csi.v1.Topology;
import io.orlop.stubs.csi.v1.TopologyRequirement;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What CSI's topology says about placement. A volume is reached over the network, so every node with the node plugin
/// can use it, wherever its replicas are; but a StorageClass's `allowedTopologies`, and the node that a Pod was put on,
/// say where its user would like them.
///
/// The nodes named are taken at their word where they store something and suffice for the replicas. With
/// `--strict-topology` a single node is named: then a volume of one replica lives there, and one of two is free.
final class Segments {
    /// The label of nodes that run the node plugin.
    static final String NODE_PLUGIN = "openebs.io/csi-node";

    static final String NODE_PLUGIN_VALUE = "mayastor";
    static final String NODE_NAME = "openebs.io/nodename";

    /// From where any volume can be reached.
    static final Topology REACHABLE =
            Topology.newBuilder().putSegments(NODE_PLUGIN, NODE_PLUGIN_VALUE).build();

    private Segments() {}

    /// @param storing the nodes that hold pools
    static io.orlop.model.Topology.Nodes nodes(
            TopologyRequirement requirement, int replicas, Collection<NodeId> storing) {
        List<NodeId> allowed = storing(requirement.getRequisiteList(), storing);
        List<NodeId> preferred = storing(requirement.getPreferredList(), storing);
        if (allowed.size() < replicas) allowed = List.copyOf(new TreeSet<>(storing));
        boolean anywhere = allowed.size() == new TreeSet<>(storing).size() && preferred.isEmpty();
        return anywhere
                ? new io.orlop.model.Topology.Nodes.Any()
                : new io.orlop.model.Topology.Nodes.Explicit(allowed, preferred);
    }

    /// Whether a volume placed by one is an answer to the other. Which nodes would do depends on which there are, and a
    /// Pod may have been moved; so nodes by name differ only where none is named by both.
    static boolean agree(io.orlop.model.Topology.Nodes there, io.orlop.model.Topology.Nodes wanted) {
        return switch (there) {
            case io.orlop.model.Topology.Nodes.Any() -> !(wanted instanceof io.orlop.model.Topology.Nodes.Labelled);
            case io.orlop.model.Topology.Nodes.Labelled labelled -> labelled.equals(wanted);
            case io.orlop.model.Topology.Nodes.Explicit explicit ->
                switch (wanted) {
                    case io.orlop.model.Topology.Nodes.Any() -> true;
                    case io.orlop.model.Topology.Nodes.Labelled _ -> false;
                    case io.orlop.model.Topology.Nodes.Explicit other ->
                        explicit.allowed().isEmpty()
                                || other.allowed().isEmpty()
                                || explicit.allowed().stream().anyMatch(other.allowed()::contains);
                };
        };
    }

    private static List<NodeId> storing(List<Topology> terms, Collection<NodeId> storing) {
        SortedSet<NodeId> known = new TreeSet<>(storing);
        return terms.stream()
                .flatMap(term -> Stream.ofNullable(term.getSegmentsMap().get(NODE_NAME)))
                .flatMap(Segments::name)
                .filter(known::contains)
                .distinct()
                .toList();
    }

    private static Stream<NodeId> name(String text) {
        try {
            return Stream.of(new NodeId(text));
        } catch (RefusalException noName) {
            return Stream.empty();
        }
    }
}
