package io.orlop.control.view;

import io.orlop.model.AllowedHost;
import io.orlop.model.BlockDevice;
import io.orlop.model.ChildAction;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.agent.Term;
import io.orlop.wire.service.Fact;
import java.util.List;
import java.util.Optional;

/// The same agents, whose answers to commands are taken note of: nobody has to list a node to see what it has just
/// said.
///
/// ```
///   createReplica ──► the agent ──► ReplicaState   ──► answered
///   destroyReplica ─► the agent ──► done, NotFound ──► answered: gone
/// ```
///
/// What a list says is not taken note of. It is of no certain moment beside commands that others give meanwhile, and
/// would bring back what they have just destroyed; whoever guards one resource of the list takes note of that one.
///
/// @param agents asked
/// @param seen where the answers are noted
public record ObservingAgents(Agents agents, Observations seen) implements Agents {
    @Override
    public Agent at(NodeId node, Optional<Term> term) {
        return new Observing(node, agents.at(node, term), seen);
    }

    private record Observing(NodeId node, Agent agent, Observations seen) implements Agent {
        @Override
        public NodeRegistration info() {
            return agent.info();
        }

        @Override
        public List<BlockDevice> blockDevices(boolean all) {
            return agent.blockDevices(all);
        }

        @Override
        public List<PoolState> pools() {
            return agent.pools();
        }

        @Override
        public PoolState createPool(CreatePool request) {
            long asked = seen.moment();
            return noted(agent.createPool(request), asked);
        }

        @Override
        public PoolState importPool(CreatePool request) {
            long asked = seen.moment();
            return noted(agent.importPool(request), asked);
        }

        @Override
        public void destroyPool(PoolId pool) {
            destroy(() -> agent.destroyPool(pool), Fact.Pool.id(node, pool));
        }

        @Override
        public List<ReplicaState> replicas() {
            return agent.replicas();
        }

        @Override
        public ReplicaState createReplica(CreateReplica request) {
            long asked = seen.moment();
            return noted(agent.createReplica(request), asked);
        }

        @Override
        public void destroyReplica(ReplicaId replica, PoolId pool) {
            destroy(() -> agent.destroyReplica(replica, pool), Fact.Replica.id(node, replica));
        }

        @Override
        public ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts) {
            long asked = seen.moment();
            return noted(agent.shareReplica(replica, hosts), asked);
        }

        @Override
        public ReplicaState unshareReplica(ReplicaId replica) {
            long asked = seen.moment();
            return noted(agent.unshareReplica(replica), asked);
        }

        @Override
        public List<NexusState> nexuses() {
            return agent.nexuses();
        }

        @Override
        public NexusState createNexus(CreateNexus request) {
            long asked = seen.moment();
            return noted(agent.createNexus(request), asked);
        }

        @Override
        public void destroyNexus(NexusId nexus) {
            destroy(() -> agent.destroyNexus(nexus), Fact.Nexus.id(node, nexus));
        }

        @Override
        public NexusState shutdownNexus(NexusId nexus) {
            long asked = seen.moment();
            return noted(agent.shutdownNexus(nexus), asked);
        }

        @Override
        public NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts) {
            long asked = seen.moment();
            return noted(agent.publishNexus(nexus, protocol, hosts), asked);
        }

        @Override
        public NexusState unpublishNexus(NexusId nexus) {
            long asked = seen.moment();
            return noted(agent.unpublishNexus(nexus), asked);
        }

        @Override
        public NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild) {
            long asked = seen.moment();
            return noted(agent.addChild(nexus, uri, withoutRebuild), asked);
        }

        @Override
        public NexusState removeChild(NexusId nexus, String uri) {
            long asked = seen.moment();
            return noted(agent.removeChild(nexus, uri), asked);
        }

        @Override
        public NexusState actOnChild(NexusId nexus, String uri, ChildAction action) {
            long asked = seen.moment();
            return noted(agent.actOnChild(nexus, uri, action), asked);
        }

        @Override
        public List<RebuildRecord> rebuildHistory(NexusId nexus) {
            return agent.rebuildHistory(nexus);
        }

        private PoolState noted(PoolState state, long asked) {
            seen.answered(new Fact.Pool(state), asked);
            return state;
        }

        private ReplicaState noted(ReplicaState state, long asked) {
            seen.answered(new Fact.Replica(state), asked);
            return state;
        }

        private NexusState noted(NexusState state, long asked) {
            seen.answered(new Fact.Nexus(state), asked);
            return state;
        }

        /// That there was none says as much.
        private void destroy(Runnable command, Fact.Id id) {
            try {
                command.run();
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.NotFound) seen.answeredGone(id);
                throw refused;
            }
            seen.answeredGone(id);
        }
    }
}
