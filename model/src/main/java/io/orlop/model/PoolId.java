package io.orlop.model;

/// Names a pool, across all nodes.
public record PoolId(String name) implements Comparable<PoolId> {
    public PoolId {
        name = Names.checked("a pool", name);
    }

    @Override
    public int compareTo(PoolId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
