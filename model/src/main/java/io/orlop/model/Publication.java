package io.orlop.model;

import java.util.List;

/// Whether and where hosts can reach a volume.
public sealed interface Publication {
    record Unpublished() implements Publication {}

    /// @param node where the nexus runs
    /// @param hosts who may connect; empty means anybody
    /// @param path how often the volume was published: each path has its own controller ids and reservation key
    record Published(NodeId node, NexusId nexus, ShareProtocol protocol, List<FrontendHost> hosts, int path)
            implements Publication {
        public Published {
            hosts = List.copyOf(hosts);
        }
    }
}
