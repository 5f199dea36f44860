package io.orlop.control.keyspace;

/// Where things lie in the keyspace. Prefixes end in a slash, so that `pools/` never finds `pools-old`.
public record Layout(String root) {
    public static final Layout DEFAULT = new Layout("/mayastor/v2");

    public Layout {
        if (!root.startsWith("/") || root.endsWith("/")) {
            throw new IllegalArgumentException(
                    "the keyspace root is \"" + root + "\"; it starts with a slash and does not end with one");
        }
    }

    public String volumes() {
        return table("volumes");
    }

    public String snapshots() {
        return table("snapshots");
    }

    public String affinityGroups() {
        return table("affinity_groups");
    }

    public String replicas() {
        return table("replicas");
    }

    public String pools() {
        return table("pools");
    }

    public String nexuses() {
        return table("nexuses");
    }

    public String nodes() {
        return table("nodes");
    }

    /// Written by the agents that serve nexuses: which of their children are healthy, by [NexusInfoKey].
    public String nexusInfos() {
        return table("volume");
    }

    /// Written by the agent that serves the nexus: which of its children are healthy.
    public String nexusInfo(String volume, String nexus) {
        return root + "/volume/" + volume + "/nexus/" + nexus + "/info";
    }

    /// The key that the leading copy of a service holds.
    public String leader(String service) {
        return root + "/leaders/" + service;
    }

    public String table(String name) {
        return root + "/" + name + "/";
    }
}
