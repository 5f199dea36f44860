package io.orlop.model;

import java.util.Optional;

/// Names a storage node.
public record NodeId(String name) implements Comparable<NodeId> {
    private static final String NQN_PREFIX = "nqn.2019-05.io.openebs:node-name:";

    public NodeId {
        name = Names.checked("a node", name);
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    /// The name it goes by when it connects to other nodes' replicas, unless it says otherwise.
    public String nqn() {
        return NQN_PREFIX + name;
    }

    /// The node that goes by this name, if it is one's.
    public static Optional<NodeId> called(String nqn) {
        if (!nqn.startsWith(NQN_PREFIX)) return Optional.empty();
        try {
            return Optional.of(new NodeId(nqn.substring(NQN_PREFIX.length())));
        } catch (RefusalException noName) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
