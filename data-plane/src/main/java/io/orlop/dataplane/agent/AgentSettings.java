package io.orlop.dataplane.agent;

import io.orlop.model.NodeId;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// `orlop.agent.*`
///
/// @param registration host:port of the control plane's registration
/// @param store URLs of the store, separated by commas
/// @param connectsFrom the addresses that other nodes see it come from, if not its own
/// @param grpcEndpoint where the control plane reaches this agent, if not at `advertise` and the port it listens at
@ConfigurationProperties("orlop.agent")
public record AgentSettings(
        String node,
        @DefaultValue("127.0.0.1:50051") String registration,
        @DefaultValue("http://127.0.0.1:2379") String store,
        @DefaultValue("127.0.0.1") String advertise,
        @DefaultValue List<String> connectsFrom,
        @DefaultValue("8420") int nvmePort,
        @Nullable String grpcEndpoint,
        @Nullable Path dir) {
    NodeSettings node(int grpcPort) {
        String endpoint = grpcEndpoint == null ? advertise + ":" + grpcPort : grpcEndpoint;
        return new NodeSettings(new NodeId(node), endpoint, advertise, connectsFrom, nvmePort, dir);
    }
}
