package io.orlop.dataplane.agent;

import io.orlop.model.NodeId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a node is and where it is reached.
///
/// @param grpcEndpoint where the control plane reaches its agent
/// @param advertise the address put into the URIs of its devices
/// @param nvmePort 0 for any
/// @param dir where files lie that could become disks
public record NodeSettings(NodeId node, String grpcEndpoint, String advertise, int nvmePort, @Nullable Path dir) {
    /// The name it connects to other nodes' replicas with.
    public String hostNqn() {
        return "nqn.2019-05.io.openebs:node-name:" + node;
    }
}
