package io.orlop.wire.ioengine;

import io.grpc.BindableService;
import io.orlop.wire.agent.Agent;
import java.util.List;

/// Serves an agent as Mayastor's io-engine API v1. What the port has no words for, and the services that are not
/// listed here (snapshots, block devices of the engine, statistics, tests), answer UNIMPLEMENTED, which control planes
/// take for an older engine. Its calls block; run the gRPC server on virtual threads.
public final class AgentService {
    private AgentService() {}

    public static List<BindableService> of(Agent agent) {
        return List.of(
                new HostService(agent), new PoolService(agent), new ReplicaService(agent), new NexusService(agent));
    }
}
