package io.orlop.model;

/// One of the copies a nexus mirrors over.
public sealed interface NexusChild {
    /// Where the nexus finds it: `bdev:///…` on the nexus's own node, `nvmf+tcp://…` elsewhere.
    String uri();

    /// A replica that we keep a spec of.
    record Replica(ReplicaId replica, String uri) implements NexusChild {}

    /// Any other device.
    record Uri(String uri) implements NexusChild {}
}
