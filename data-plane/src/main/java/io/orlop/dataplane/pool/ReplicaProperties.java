package io.orlop.dataplane.pool;

import java.util.List;

/// What is kept with a replica's blocks and comes back when its pool is imported.
///
/// @param shared whether it is to be served over NVMe/TCP
/// @param allowedHosts the hosts that may connect, as [io.orlop.model.AllowedHost] writes them; empty for any
/// @param entityId what it is a copy of, in the words of whoever made it; empty for unknown
public record ReplicaProperties(boolean shared, List<String> allowedHosts, String entityId) {
    public static final ReplicaProperties PRIVATE = new ReplicaProperties(false, List.of(), "");

    public ReplicaProperties {
        allowedHosts = List.copyOf(allowedHosts);
    }

    public ReplicaProperties shared(boolean shared, List<String> allowedHosts) {
        return new ReplicaProperties(shared, allowedHosts, entityId);
    }
}
