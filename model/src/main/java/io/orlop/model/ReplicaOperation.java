package io.orlop.model;

import java.util.List;

/// A change to a replica, written before it is attempted and cleared once it is kept.
public sealed interface ReplicaOperation {
    /// @param hosts who may connect; empty means anybody
    record Share(List<AllowedHost> hosts) implements ReplicaOperation {
        public Share {
            hosts = List.copyOf(Limits.allowed("a replica", hosts));
        }
    }

    record Unshare() implements ReplicaOperation {}
}
