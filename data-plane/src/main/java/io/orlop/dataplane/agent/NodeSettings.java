package io.orlop.dataplane.agent;

import io.orlop.model.AllowedHost;
import io.orlop.model.NodeId;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node is and where it is reached.
///
/// @param grpcEndpoint where the control plane reaches its agent
/// @param advertise the address put into the URIs of its devices
/// @param connectsFrom the numeric addresses that other nodes see it come from, where those are not its own; empty for
///     its own
/// @param nvmePort 0 for any
/// @param dir where files lie that could become disks
public record NodeSettings(
        NodeId node,
        String grpcEndpoint,
        String advertise,
        List<String> connectsFrom,
        int nvmePort,
        @Nullable Path dir) {
    public NodeSettings {
        connectsFrom = AllowedHost.numeric(connectsFrom);
    }

    public NodeSettings(NodeId node, String grpcEndpoint, String advertise, int nvmePort, @Nullable Path dir) {
        this(node, grpcEndpoint, advertise, List.of(), nvmePort, dir);
    }

    /// The name it connects to other nodes' replicas with.
    public String hostNqn() {
        return node.nqn();
    }
}
