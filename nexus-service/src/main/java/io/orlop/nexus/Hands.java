package io.orlop.nexus;

import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import java.util.Optional;

/// The nodes that nexuses live on, asked and not remembered.
final class Hands {
    private final Agents agents;

    Hands(Agents agents) {
        this.agents = agents;
    }

    Agent of(NexusSpec nexus) {
        return agents.at(nexus.node());
    }

    /// What the node says of the nexus at this moment.
    Optional<NexusState> reported(NodeId node, NexusId nexus) {
        return agents.at(node).nexuses().stream()
                .filter(state -> state.uuid().equals(nexus))
                .findFirst();
    }

    Optional<NexusState> reported(NexusSpec nexus) {
        return reported(nexus.node(), nexus.uuid());
    }

    /// There is none when this returns.
    void destroy(NodeId node, NexusId nexus) {
        try {
            agents.at(node).destroyNexus(nexus);
        } catch (RefusalException refused) {
            if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
        }
    }
}
