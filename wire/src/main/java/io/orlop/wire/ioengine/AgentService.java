package io.orlop.wire.ioengine;

import io.grpc.BindableService;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.AgentRelay;
import io.orlop.wire.agent.FencedAgent;
import io.orlop.wire.agent.Term;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Serves an agent as Mayastor's io-engine API v1. What the port has no words for, and the services that are not
/// listed here (snapshots, block devices of the engine, statistics, tests), answer UNIMPLEMENTED, which control planes
/// take for an older engine. A [FencedAgent] takes each command under the term that came with it. Its calls block; run
/// the gRPC server on virtual threads.
public final class AgentService {
    private AgentService() {}

    public static List<BindableService> of(Agent agent) {
        Agent served = agent instanceof FencedAgent fenced ? inTheTermOfTheCall(fenced) : agent;
        return Stream.of(
                        new HostService(served),
                        new PoolService(served),
                        new ReplicaService(served),
                        new NexusService(served))
                .map(Headers::heard)
                .toList();
    }

    private static Agent inTheTermOfTheCall(FencedAgent agent) {
        AgentRelay relay = (command, call) -> call.apply(command ? agent.under(termOfTheCall()) : agent);
        return relay.agent();
    }

    private static @Nullable Term termOfTheCall() {
        String said = Headers.TERM.said();
        return said == null ? null : Term.of(said);
    }
}
