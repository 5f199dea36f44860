package io.orlop.model;

/// Names a storage node.
public record NodeId(String name) implements Comparable<NodeId> {
    public NodeId {
        name = Names.checked("a node", name);
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
