package io.orlop.model;

/// Names a group of volumes that keep apart.
public record AffinityGroupId(String name) implements Comparable<AffinityGroupId> {
    public AffinityGroupId {
        name = Names.checked("an affinity group", name);
    }

    @Override
    public int compareTo(AffinityGroupId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
