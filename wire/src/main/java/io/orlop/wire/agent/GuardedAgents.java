package io.orlop.wire.agent;

import io.orlop.model.NodeId;
import io.orlop.wire.rpc.CallPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Agents behind a [CallPolicy] each: a node that is away is left in peace for a while, one that is slow is not asked
/// by everybody at once, and questions are repeated where the answer did not come.
public final class GuardedAgents implements Agents {
    private final Agents agents;
    private final CallPolicy.Registries registries;
    private final Map<NodeId, CallPolicy> policies = new ConcurrentSkipListMap<>();

    public GuardedAgents(Agents agents, CallPolicy.Registries registries) {
        this.agents = agents;
        this.registries = registries;
    }

    @Override
    public Agent at(NodeId node, Optional<Term> term) {
        CallPolicy policy = policies.computeIfAbsent(node, _ -> CallPolicy.to("agent-" + node, registries));
        Agent agent = agents.at(node, term);
        AgentRelay relay = (command, call) -> policy.call(!command, () -> call.apply(agent));
        return relay.agent();
    }
}
